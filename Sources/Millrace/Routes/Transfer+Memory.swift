import LinuxCalls
import SystemPackage

extension Transfer {
  /// From the pending bytes straight to the sink.
  func biteDeliver(_ allowance: Int) -> Step {
    let slice = pending.slice.prefix(max(1, allowance))
    if let collector {
      collector.append(slice)
      delivered(slice)
      return .progressed
    }
    // What follows from a file is known to be there: the last segment of the prefix is held back for it. From a
    // stream nothing is known to follow, and a segment held back in vain costs 200 ms.
    let more = slice.count == pending.count && followsFromFile
    do throws(Errno) {
      var result: Result<Int, Errno> = .success(0)
      unsafe slice.withUnsafeBytes { bytes in
        result = Result { () throws(Errno) in try unsafe write(bytes, more: more) }
      }
      delivered(slice.prefix(try result.get()))
      return .progressed
    } catch {
      return stepAfterWrite(error)
    }
  }

  private func delivered(_ slice: ArraySlice<UInt8>) {
    show(slice)
    ledger.deliver(slice.count, by: pending.route)
    pending.removeFirst(slice.count)
  }

  private var followsFromFile: Bool {
    guard let source, source.kind == .regular, let offset = source.offset else { return false }
    return remaining > 0 && offset < source.facts.size
  }

  /// From the source to the pending bytes, for a writer.
  func biteRefill(_ allowance: Int) -> Step {
    guard let from = source else { return .ended }
    if remaining == 0 || sourceEnded { return .ended }
    do throws(Errno) {
      // Small enough that a wake-up with few bytes does not cost an allocation of many.
      let most = min(remaining, allowance, 64 * 1024)
      let bytes = try unsafe readBytes(upTo: most) { (room) throws(Errno) in try unsafe read(into: room) }
      if bytes.isEmpty {
        sourceEnded = true
        return .ended
      }
      took(bytes.count)
      pending = PendingBytes(bytes, route: .buffered)
      return .progressed
    } catch {
      return stepAfterRead(error, from)
    }
  }
}
