import LinuxCalls
@testable import Millrace
import Reactors
import Synchronization
import SystemPackage
import Testing

@Suite("The time that connecting takes", .serialized)
struct ConnectTimeTests {
  /// given a Unix listener whose backlog is full, for which the kernel has no word but EAGAIN; when the one that waits is
  /// accepted; then the next one gets in.
  @Test("a full backlog of a Unix socket is waited for")
  func unixBacklog() async throws {
    let folder = try TempFolder()
    let address = try #require(Address(path: folder("full")))
    let listener = try Listener.bind(to: address, backlog: 0)
    let first = try await Connection.connect(to: address)
    let error = await #expect(throws: EndpointError.self) {
      try await Connection.connect(to: address, timeout: .milliseconds(5))
    }
    #expect(error?.errno == .timedOut)

    let second = Task { try await Connection.connect(to: address) }
    let accepted = try await listener.accept()
    let late = try await second.value
    let acceptedLate = try await listener.accept()

    for connection in [first, accepted, late, acceptedLate] { connection.close() }
    listener.close()
  }

  @Test("waiting for a full backlog ends with the task")
  func unixBacklogCancelled() async throws {
    let folder = try TempFolder()
    let address = try #require(Address(path: folder("full")))
    let listener = try Listener.bind(to: address, backlog: 0)
    let first = try await Connection.connect(to: address)
    let second = Task { try await Connection.connect(to: address) }
    second.cancel()
    let error = await #expect(throws: EndpointError.self) { try await second.value }
    #expect(error?.errno == .canceled)
    first.close()
    listener.close()
  }

  /// given a resolver that does not come to answer, since every thread for blocking calls is taken; when the time is up,
  /// or the task is cancelled; then connecting ends, and does not wait for the resolver.
  @Test("a resolver that does not answer is not waited for", arguments: [true, false])
  func resolver(byTimeout: Bool) async throws {
    let reactors = try Reactors(count: 1, blockingThreads: 1)
    let gate = Gate()
    let reactor = reactors.all[0]
    let blocking = Task { await reactor.blockingPool.run { gate.passOnThread() } }
    while await reactors.metrics()[0].threads < 2 { await Task.yield() }
    let connecting = reactor.task {
      try await Connection.connect(host: "localhost", port: 1, timeout: byTimeout ? .milliseconds(5) : nil)
    }
    if !byTimeout { connecting.cancel() }
    let error = await #expect(throws: EndpointError.self) { try await connecting.value }
    #expect(error?.errno == (byTimeout ? .timedOut : .canceled))
    gate.open()
    await blocking.value
    await reactors.shutdown()
  }

  /// given two addresses that answer nothing, both of them asked; when the task is cancelled; then connecting ends, and the
  /// sockets of both attempts are closed.
  @Test("a race between addresses leaves no socket when it is cancelled")
  func raceCancelled() async throws {
    let silent = try [FullBacklog(), FullBacklog()]
    let before = try silent.map { try $0.waiting() }
    let racing = Task {
      try await Connection.race(silent.map(\.address), subject: "test", until: nil, options: ConnectionOptions())
    }
    var names: Set<String> = []
    try await Rig.until("both are asked") {
      let waiting = try zip(silent, before).map { try $0.waiting().subtracting($1) }
      names = waiting[0].union(waiting[1])
      return waiting.allSatisfy { !$0.isEmpty }
    }

    racing.cancel()
    let error = await #expect(throws: EndpointError.self) { try await racing.value }

    #expect(error?.errno == .canceled)
    try await Rig.until("both sockets are closed") { Descriptors.stillOpen(names).isEmpty }
  }
}
