import LinuxCalls
import Reactors
import SystemPackage

/// A second sink on its way: what it has got, and what waits for it.
///
/// Bytes come either by tee(2), into a pipe of the branch's own, or through memory, into its backlog. The backlog goes
/// first. Confined like the copy it belongs to.
final class TeeBranch {
  /// Bytes that may wait, in memory or in its pipe, before the second sink counts as stalled. A pipe has slots for as many
  /// in pages, but a slot may hold a piece of 32 KiB from a socket, so they are counted.
  static let mostBacklog = 1 << 20

  let tee: Tee
  /// Bytes of the copy it does not see.
  let skip: Int
  /// Bytes it has room for: those of its section, where it is one.
  let length: Int?
  /// Bytes that may still be given to it.
  private(set) var room: Int
  /// Nil once it was let go.
  private(set) var end: KernelEnd?
  /// Where its file was then.
  private var offsetAtRelease: Int64?
  var pipe: PipeLease?
  /// Bytes in its pipe.
  private(set) var held = 0
  /// Bytes at the front of the copy's pipe that were duplicated into this one already: tee(2) always starts at the
  /// front, so the next call has to wait until they are gone.
  private(set) var ahead = 0
  private var backlog: ArraySlice<UInt8> = []
  private(set) var delivered = 0
  private(set) var detached: String?
  /// When it began to take nothing; nil while it does.
  private(set) var stalledSince: Int64?
  /// It said EAGAIN to the last call.
  private(set) var isBlocked = false
  /// Why the copy must fail.
  private(set) var failure: (call: SystemCall, errno: Errno)?

  private let copy: Parker.Ticket

  init(_ request: TeeRequest, _ end: KernelEnd, length: Int?, copy: Parker.Ticket) {
    self.copy = copy
    self.length = length
    room = length ?? Int.max
    tee = request.tee
    skip = request.skip
    self.end = end
  }

  var isAttached: Bool { end != nil }
  var isWaiting: Bool { isAttached && (held > 0 || !backlog.isEmpty) }
  var isOverfull: Bool { isAttached && backlog.count > Self.mostBacklog }
  var hasBacklog: Bool { !backlog.isEmpty }
  var needsPipe: Bool {
    guard isAttached, room > 0 else { return false }
    switch pipe {
    case .some: return false
    case .none: return true
    }
  }

  /// Whether writing to it may wait for a disk or a terminal.
  var belongsInPool: Bool {
    guard let end else { return false }
    return end.kind == .regular || end.mayBlock
  }

  // MARK: - Bytes in

  /// Keeps bytes that the first sink got through memory; `position` is where in the copy they begin.
  func keep(_ bytes: RawSpan, from position: Int) {
    let duplicated = min(ahead, bytes.byteCount)
    ahead -= duplicated
    let unseen = max(duplicated, skip - position)
    guard isAttached, unseen < bytes.byteCount, room > 0 else { return }
    takeBackPipe()
    let fitting = bytes.extracting(droppingFirst: unseen).extracting(first: room)
    unsafe fitting.withUnsafeBytes { unsafe backlog.append(contentsOf: $0) }
    room -= fitting.byteCount
  }

  /// What came of duplicating from the copy's pipe.
  enum Feed: Equatable {
    case ahead(Int)
    case full
    case refused(Errno)
  }

  /// Duplicates what the copy's pipe holds, if the last bytes it duplicated are gone from there.
  func feed(from readEnd: Int32, _ count: Int) -> Feed {
    if ahead > 0 { return .ahead(ahead) }
    // It holds up nobody once its section is full.
    if room == 0 { return .ahead(count) }
    guard backlog.isEmpty, held < Self.mostBacklog else { return .full }
    switch pipe {
    case .none: return .full
    case .some(let lease):
      do throws(Errno) {
        let most = min(count, room, Self.mostBacklog - held)
        let duplicated = try Linux.tee(from: readEnd, to: lease.writeEnd, upTo: most)
        held += duplicated
        room -= duplicated
        ahead = duplicated
        return .ahead(duplicated)
      } catch {
        return error == .wouldBlock || error == .resourceTemporarilyUnavailable ? .full : .refused(error)
      }
    }
  }

  /// The first sink took bytes out of the copy's pipe.
  func advanced(_ count: Int) { ahead -= min(ahead, count) }

  // MARK: - Bytes out

  /// Gives the second sink what it takes now.
  func flush(at now: Int64, mayNoteReadiness: Bool) {
    guard isAttached, isWaiting else { return }
    if mayNoteReadiness, end?.readiness?.mayWrite == false {
      // Full for an earlier copy already, whose EAGAIN is as good as one of our own.
      return noteStall(at: now)
    }
    do throws(Errno) {
      while isAttached, isWaiting {
        let count = backlog.isEmpty ? try spliceOut() : try writeOut()
        delivered += count
        stalledSince = nil
        isBlocked = false
      }
    } catch {
      if error == .notSupportedOnSocket, let to = end, to.kind == .pipe, to.facts.blocks, !to.lacksNoWait {
        // The kernel cannot promise not to block on it: from here on it is written in the pool.
        end?.lacksNoWait = true
      } else if backlog.isEmpty, held > 0, CallVerdict.ofOneEnd(error, .sink) == .notThisWay {
        // What splice does not do, a write may.
        takeBackPipe()
        if held > 0 { fail(.splice, error) } else { flush(at: now, mayNoteReadiness: mayNoteReadiness) }
      } else if error == .wouldBlock || error == .resourceTemporarilyUnavailable {
        if mayNoteReadiness { end?.readiness?.noteWouldBlock(.writing) }
        noteStall(at: now)
      } else {
        fail(backlog.isEmpty ? .splice : .write, error)
      }
    }
  }

  private func noteStall(at now: Int64) {
    isBlocked = true
    if stalledSince == nil { stalledSince = now }
  }

  private func writeOut() throws(Errno) -> Int {
    var result: Result<Int, Errno> = .success(0)
    unsafe backlog.withUnsafeBytes { bytes in
      result = Result { () throws(Errno) in try unsafe end?.write(bytes) ?? 0 }
    }
    let count = try result.get()
    backlog = count == backlog.count ? [] : backlog.dropFirst(count)
    return count
  }

  private func spliceOut() throws(Errno) -> Int {
    switch pipe {
    case .none: return 0
    case .some(let lease):
      guard let to = end else { return 0 }
      var none: Int64?
      var offset = to.offset
      let count = try Linux.splice(from: lease.readEnd, at: &none, to: to.number, at: &offset, upTo: held)
      if count == 0 { throw .ioError }
      end?.offset = offset
      held -= count
      return count
    }
  }

  /// What its pipe holds goes into the backlog, in front of what comes through memory.
  private func takeBackPipe() {
    guard held > 0 else { return }
    switch pipe {
    case .none: break
    case .some(let lease):
      let readEnd = lease.readEnd
      while held > 0 {
        let most = held
        guard
          let more = try? unsafe readBytes(
            upTo: most, { (room) throws(Errno) in try unsafe Linux.read(readEnd, into: room) }), !more.isEmpty
        else { break }
        held -= more.count
        backlog += more
      }
    }
  }

  // MARK: - Letting go

  func fail(_ call: SystemCall, _ errno: Errno) {
    switch tee.whenFailed {
    case .detach: detach("\(call.name) failed: \(errno)")
    case .fail: failure = (call, errno)
    }
  }

  /// The copy goes on without it.
  func detach(_ reason: String) {
    detached = reason
    backlog = []
    ahead = 0
    release()
  }

  /// Where the next byte of its file would go.
  var offset: Int64? { end?.offset ?? offsetAtRelease }

  func release() {
    offsetAtRelease = end?.offset ?? offsetAtRelease
    end?.release()
    end?.descriptor.end(.writing, exclusive: end?.kind.isStream ?? true, copy: copy)
    end = nil
  }

  func report(copied: Int) -> CopyReport.TeeReport {
    let seen = max(0, copied - skip)
    return CopyReport.TeeReport(
      delivered: delivered, missed: max(0, seen - delivered), detached: detached ?? reasonOfLength(seen))
  }

  /// A section that is full is let go like one that failed, without being a failure.
  private func reasonOfLength(_ seen: Int) -> String? {
    guard let length, seen > length else { return nil }
    return "its section of \(length) bytes is full"
  }
}
