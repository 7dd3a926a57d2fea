import Dispatch
import Glibc
import LinuxCalls
import Millrace
import Reactors
import Synchronization
import Testing

@Suite(
  "A file that is not in memory", .serialized,
  .enabled(if: PageCache.canBeEmptied, "no file below /var/tmp can be put out of memory, or cachestat is missing"),
  .timeLimit(.minutes(8)))
struct ColdFileTests {
  private static let bytes = Pattern.bytes(3 << 20)

  static let lanes = [
    Lane(.file, .unix, by: .sendfile), Lane(.file, .tcp, by: .sendfile), Lane(.file, .pipe, by: .splice),
    Lane(.file, .unix, by: .buffered, choice: .only(.buffered)),
  ]

  /// Copies `number` over `lane` while these faults strike, and expects all of it there.
  private func copyAll(
    _ number: Int32, over lane: Lane, faults: [Faults.Fault] = []
  ) async throws -> CopyReport {
    try await Rig.onReactor { _ in
      let file = File(taking: FileDescriptor(rawValue: number))
      let sink = try WatchedSink(lane.sink)
      let result = await Self.striking(faults) {
        await Rig.attempt(file, sink.endpoint, CopyOptions(routes: lane.choice))
      }
      file.close()
      let report = try result.get()
      #expect(Pattern.difference(try await sink.received(), Self.bytes) == nil)
      #expect(report.bytesByRoute == [lane.route: Self.bytes.count])
      return report
    }
  }

  /// given a file whose pages are on the disk alone; when it is copied; then the blocking pool waited for them, and the
  /// route is the same.
  @Test("is brought in by the blocking pool", arguments: lanes)
  func cold(_ lane: Lane) async throws {
    let report = try await copyAll(try PageCache.coldFile(Self.bytes), over: lane)
    #expect(report.waits.blockingPool > 0)
  }

  /// given a cold file that the pool is to bring in, and has not begun to; when the copy is cancelled or its sink closed; then
  /// nothing is delivered, and nothing is left.
  @Test("is not sent any more when the copy is interrupted while it is brought in", arguments: [false, true])
  func interruptedWhileFetched(closes: Bool) async throws {
    let number = try PageCache.coldFile(Self.bytes)
    let reactors = try Reactors(count: 1, blockingThreads: 1)
    let reactor = reactors.all[0]
    let hold = DispatchSemaphore(value: 0)
    reactor.blockingPool.start { hold.wait() }
    let (engine, peer) = try PlainPair.tcp()
    let connection = try await reactor.task { try Connection(taking: FileDescriptor(rawValue: engine)) }.value
    let file = File(taking: FileDescriptor(rawValue: number))
    let copying = reactor.task { await Rig.attempt(file, connection) }
    try await Rig.until("the pool has it") { await reactor.metrics().tasks.inBlockingCall == 1 }
    if closes { connection.close() } else { copying.cancel() }
    hold.signal()
    guard case .failure(let error) = try await copying.value else { throw Missing("a failure") }
    switch error.cause {
    case .cancelled: #expect(!closes)
    case .closed: #expect(closes)
    default: Issue.record("\(error)")
    }
    #expect(error.report.delivered == 0 && error.report.waits.blockingPool == 1)
    file.close()
    connection.close()
    #expect(try peer.read().isEmpty)
    await reactors.shutdown()
  }

  /// given a file whose beginning is in memory, a pipe that takes half of that, and a pool that has no time; when the other half
  /// has been read, and the pipe has room again; then its reader has that half, too, before the disk is waited for.
  @Test("lets what was read go on before it waits for the disk")
  func heldGoesFirst() async throws {
    let warm = 128 << 10
    let number = try PageCache.coldFile(Self.bytes)
    // No readahead: as much is in memory as is read, and no more.
    posix_fadvise(number, 0, 0, Int32(POSIX_FADV_RANDOM))
    var room = [UInt8](repeating: 0, count: warm)
    #expect(pread(number, &room, warm, 0) == warm)
    try #require(Linux.cachedPages(of: number, at: 0, length: .max) == warm / Int(sysconf(Int32(_SC_PAGESIZE))))
    let reactors = try Reactors(count: 1, blockingThreads: 1)
    let reactor = reactors.all[0]
    let hold = DispatchSemaphore(value: 0)
    reactor.blockingPool.start { hold.wait() }
    let (engine, reader) = try PlainPair.pipeFromEngine()
    let sink = try await reactor.task { try PipeEnd(taking: FileDescriptor(rawValue: engine)) }.value
    let file = File(taking: FileDescriptor(rawValue: number))
    let copying = reactor.task { await Rig.attempt(file, sink, CopyOptions(routes: .only(.buffered))) }
    #expect(try await onThread { try reader.read(warm) } == room)
    hold.signal()
    async let rest = onThread { try reader.read() }
    let report = try await copying.value.get()
    sink.close()
    file.close()
    #expect(Pattern.difference(room + (try await rest), Self.bytes) == nil)
    #expect(report.waits.blockingPool > 0)
    await reactors.shutdown()
  }

  /// Runs `body` while these faults are armed, and no longer: the next file may have the same number.
  private static func striking<Value>(_ faults: [Faults.Fault], _ body: () async -> Value) async -> Value {
    let tokens = faults.map(Faults.shared.arm)
    let value = await body()
    for token in tokens { Faults.shared.disarm(token) }
    return value
  }

  /// given a cold file that the pool cannot bring in, which it finds out in trying; then it takes the bites by itself.
  @Test("is read in the blocking pool where it cannot be brought in", arguments: lanes)
  func cannotBeFetched(_ lane: Lane) async throws {
    let number = try PageCache.coldFile(Self.bytes)
    // The first one is what fetches.
    let fault = Faults.Fault(.sendfile, on: number, .error(.ioError))
    let report = try await copyAll(number, over: lane, faults: [fault])
    #expect(report.waits.blockingPool > 1)
  }

  /// given a cold file that the disk does not give; then the copy has failed, nothing was delivered, and whose fault it is is said.
  @Test("is the failure of its side where the disk does not give it", arguments: lanes)
  func cannotBeRead(_ lane: Lane) async throws {
    let number = try PageCache.coldFile(Self.bytes)
    let faults = [SystemCall.sendfile, .splice, .pread].map {
      Faults.Fault($0, on: number, .error(.ioError), times: nil)
    }
    try await Rig.onReactor { _ in
      let file = File(taking: FileDescriptor(rawValue: number))
      let sink = try WatchedSink(lane.sink)
      let result = await Self.striking(faults) {
        await Rig.attempt(file, sink.endpoint, CopyOptions(routes: lane.choice))
      }
      file.close()
      guard case .failure(let error) = result else { throw Missing("\(result)") }
      #expect(error.side == .source && error.errno == .ioError && error.report.delivered == 0)
      #expect(try await sink.received().isEmpty)
    }
  }

  /// given a file system that keeps no pages where the kernel would say so, as overlayfs; then each bite is the pool's,
  /// and nothing is brought in for nothing.
  @Test("is read in the blocking pool where the kernel does not say what is in memory", arguments: lanes)
  func unknown(_ lane: Lane) async throws {
    let number = try PlainFile.make(Self.bytes, in: PageCache.folder)
    let faults = [
      Faults.Fault(.cachestat, on: number, .error(.notPermitted), times: nil),
      Faults.Fault(.read, on: number, .error(.notSupported), times: nil),
    ]
    let report = try await copyAll(number, over: lane, faults: faults)
    // At most a mebibyte each.
    #expect(report.waits.blockingPool >= 3)
  }

  /// given a file that was just written; then the blocking pool has nothing to do.
  @Test("is what the blocking pool is for, and one that is in memory is not", arguments: lanes)
  func warm(_ lane: Lane) async throws {
    let report = try await copyAll(try PlainFile.make(Self.bytes, in: PageCache.folder), over: lane)
    #expect(report.waits.blockingPool == 0)
  }

  /// given a file of which everything is in memory when the copy begins, and that grows meanwhile by what is on the disk
  /// alone; then the blocking pool waits for that.
  @Test("is brought in by the blocking pool where the file has grown by it", arguments: lanes)
  func grown(_ lane: Lane) async throws {
    let first = 100_000
    let number = try PlainFile.make(Array(Self.bytes[..<first]), in: PageCache.folder)
    try await Rig.onReactor { _ in
      let file = File(taking: FileDescriptor(rawValue: number))
      let sink = try WatchedSink(lane.sink)
      let growth = Once {
        guard pwrite(number, Array(Self.bytes[first...]), Self.bytes.count - first, off_t(first)) > 0 else { return }
        _ = try? PageCache.evict(number)
      }
      let options = CopyOptions(routes: lane.choice, progress: { if $0.delivered >= first { growth.happen() } })
      let report = try await Rig.attempt(file, sink.endpoint, options).get()
      file.close()
      #expect(Pattern.difference(try await sink.received(), Self.bytes) == nil)
      #expect(report.bytesByRoute == [lane.route: Self.bytes.count])
      #expect(report.waits.blockingPool > 0)
    }
  }

  /// given a cold file; when its copy is cancelled at the first bytes that it has delivered; then no others are, and every byte is
  /// accounted for.
  @Test("is let go when the bite under way is done", arguments: lanes)
  func cancelled(_ lane: Lane) async throws {
    let number = try PageCache.coldFile(Self.bytes)
    try await Rig.onReactor { _ in
      let file = File(taking: FileDescriptor(rawValue: number))
      let sink = try WatchedSink(lane.sink)
      let options = CopyOptions(routes: lane.choice, progress: { _ in withUnsafeCurrentTask { $0?.cancel() } })
      let result = await Task { await Rig.attempt(file, sink.endpoint, options) }.value
      let outcome = Outcome(
        original: Self.bytes, result: result, received: try await sink.received(), rest: try await readAll(from: file))
      outcome.expectEveryByteAccountedFor()
      guard case .cancelled = outcome.error?.cause else { throw Missing("\(result)") }
      #expect(outcome.report.delivered > 0)
      #expect(outcome.report.waits.blockingPool > 0)
      file.close()
    }
  }
}

/// Something that happens at the first call alone.
private final class Once: Sendable {
  private let hasHappened = Guarded(false)
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func happen() {
    let isFirst = hasHappened.withLock { hasHappened in
      defer { hasHappened = true }
      return !hasHappened
    }
    if isFirst { body() }
  }
}
