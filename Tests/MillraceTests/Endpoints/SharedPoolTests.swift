import Glibc
import LinuxCalls
import Reactors
import Synchronization
import SystemPackage
import Testing

@testable import Millrace

@Suite("What waits for others in the blocking pool", .timeLimit(.minutes(8)))
struct SharedPoolTests {
  /// given as many FIFOs as the pool has threads, and more, that nobody opens from the other side; when a file is
  /// opened, read and closed; then none of it waits for them. And they are opened when their other sides come.
  @Test("a FIFO without its other side does not keep files from being opened and copied")
  func fifos() async throws {
    let reactors = try Reactors(count: 1, blockingThreads: 4)
    let reactor = reactors.all[0]
    let folder = try TempFolder()
    let paths = (0..<6).map { folder("fifo\($0)") }
    for path in paths { try #require(mkfifo(path, 0o600) == 0) }
    let opening = paths.map { path in reactor.task { try await File.open(FilePath(path)) } }
    while await reactor.metrics().tasks.inBlockingCall < paths.count { await Task.yield() }

    try await reactor.task {
      let file = try await File.create(FilePath(folder("file")))
      _ = try await copy(from: Bytes("abc"), to: file)
      file.position = 0
      #expect(try await readAll(from: file, limit: 10) == Array("abc".utf8))
      file.close()
    }.value

    // Opened for both, a FIFO waits for nobody. fifo(7)
    let others = try paths.map { PlainDescriptor(try Linux.open($0, .readWrite)) }
    for task in opening { try await task.value.close() }
    withExtendedLifetime(others) {}
    await reactors.shutdown()
  }

  /// given a name that queues, for every thread is taken; when it is given up, and a thread is free again; then it is
  /// not looked up any more, and the next one is.
  @Test("a name that was given up is not looked up", arguments: [true, false])
  func abandonedName(byTimeout: Bool) async throws {
    let reactors = try Reactors(count: 1, blockingThreads: 1)
    let reactor = reactors.all[0]
    let gate = Gate()
    let blocking = Task { await reactor.blockingPool.run { gate.passOnThread() } }
    while gate.arrivals == 0 { await Task.yield() }
    let resolver = Resolver()

    let abandoned = reactor.task { try await resolver.find("abandoned", timeout: byTimeout ? .milliseconds(5) : nil) }
    if !byTimeout { abandoned.cancel() }
    await #expect(throws: EndpointError.self) { try await abandoned.value }
    let wanted = reactor.task { try await resolver.find("wanted") }
    gate.open()
    _ = try await wanted.value
    await blocking.value
    await reactors.shutdown()

    #expect(resolver.names == ["wanted"])
  }
}

/// Finds nothing, and writes down what it was asked for.
private final class Resolver: Sendable {
  private let asked = Guarded<[String]>([])

  var names: [String] { asked.withLock { $0 } }

  func find(_ name: String, timeout: Duration? = nil) async throws {
    _ = try await Address.resolve(host: name, timeout: timeout) {
      self.asked.withLock { $0.append(name) }
      return []
    }
  }
}
