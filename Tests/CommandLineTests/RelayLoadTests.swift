import Foundation
import Millrace
import Testing

@Suite("millrace relay under load", .timeLimit(.minutes(8)))
struct RelayLoadTests {
  /// What became of the connections of a client that comes over and over.
  private struct Tally: Sendable {
    var whole = 0
    var broken = 0
  }

  /// Connects, sends, and compares what comes back, until `isOver`; on its own.
  private func comeAndGo(_ address: Address, until isOver: @escaping @Sendable () -> Bool) async -> Tally {
    var tally = Tally()
    while !isOver() {
      let bytes = (0..<1024).map { _ in UInt8.random(in: .min ... .max) }
      do {
        let client = try await Connection.connect(to: address)
        defer { client.close() }
        try await client.write(bytes)
        try client.finishWriting()
        if try await client.readAll() == bytes { tally.whole += 1 } else { tally.broken += 1 }
      } catch {
        tally.broken += 1
      }
      // Load, and not all of the machine: other tests run beside this one.
      try? await Task.sleep(for: .milliseconds(3))
    }
    return tally
  }

  private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var isUp = false
    var isRaised: Bool { lock.withLock { isUp } }
    func raise() { lock.withLock { isUp = true } }
  }

  /// given two upstreams, each a process of its own, and clients that come and go all the time; when one of the two is killed
  /// with SIGKILL; then of the connections that begin after that none is broken: they go to the other one, and the log says
  /// that the first is left out.
  @Test("moves new connections away from an upstream that is killed")
  func killed() async throws {
    let place = try Scratch()
    let echo = try EchoServer()
    let upstreams = try await withThrowingTaskGroup(of: (Running, String).self) { group in
      for _ in 0..<2 { group.addTask { try await startRelay(["--to", "tcp://127.0.0.1:\(echo.port)"], in: place) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let (relay, port) = try await startRelay(
      upstreams.flatMap { ["--to", "tcp://127.0.0.1:\($0.1)"] } + ["--eject-time", "1h", "--max-eject-time", "1h"],
      in: place)
    let address = Address.loopback(port: try #require(UInt16(port)))

    let killed = Flag()
    let before = (0..<3).map { _ in Task { await comeAndGo(address, until: { killed.isRaised }) } }
    // Both are at work.
    for (upstream, _) in upstreams { #expect(try await upstream.wait(until: { upstream.errors.contains("relayed") })) }
    upstreams[0].0.send(SIGKILL)
    _ = await upstreams[0].0.result()
    killed.raise()
    var early = Tally()
    for task in before {
      let tally = await task.value
      early.whole += tally.whole
      early.broken += tally.broken
    }
    #expect(early.whole > 0)

    let enough = Flag()
    let after = (0..<3).map { _ in Task { await comeAndGo(address, until: { enough.isRaised }) } }
    #expect(try await relay.wait(until: { relay.errors.contains("gets no connections for") }))
    let lines = relay.errors.split(separator: "\n").count
    #expect(try await relay.wait(until: { relay.errors.split(separator: "\n").count > lines + 50 }))
    enough.raise()
    for task in after {
      let tally = await task.value
      #expect(tally.whole > 0)
      #expect(tally.broken == 0)
    }

    for running in [relay, upstreams[1].0] {
      running.send(SIGTERM)
      // First without a thread that sits in waitpid(2): they are few, and its last connections need the server of this test.
      #expect(try await running.wait(until: { running.hasEnded }))
      #expect(await running.result().status == 0)
    }
    echo.stop()
  }
}
