import Millrace
import MillraceServices
import Testing

@Suite("Checks of upstreams", .timeLimit(.minutes(8)))
struct CheckTests {
  /// given a dead upstream beside one that works, and no client; when checks have failed; then the first client that comes
  /// is not even tried at the dead one. And when it is there, it gets connections.
  @Test("find out before a client does")
  func beforeClients() async throws {
    let dead = try Nobody()
    let server = try TestServer { connection in try await connection.write([1]) }
    try await RelayRig.run(
      to: [dead.target, server.target],
      {
        $0.checkInterval = .milliseconds(5)
        // What clients find is no help here.
        $0.ejectAfter = 0
      }
    ) { rig in
      await rig.log.line { $0.message.hasSuffix("\(dead.port) is down") }
      for number in 0..<4 {
        let client = try await rig.connect()
        #expect(try await client.readAll() == [1])
        client.close()
        #expect(await rig.log.connection(number)["tried"] == nil)
      }

      let late = try TestServer(at: .loopback(port: dead.release())) { connection in try await connection.write([2]) }
      await rig.log.line { $0.message.hasSuffix("\(dead.port) is up") }
      var answers: Set<[UInt8]> = []
      for _ in 0..<4 {
        let client = try await rig.connect()
        answers.insert(try await client.readAll())
        client.close()
      }
      #expect(answers == [[1], [2]])
      late.stop()
    }
    server.stop()
  }

  /// given nothing but dead upstreams; when a client comes; then it is reset at once, and the log says why.
  @Test("leave nobody, and clients are refused")
  func allDown() async throws {
    let dead = try Nobody()
    try await RelayRig.run(to: [dead.target], { $0.checkInterval = .milliseconds(5) }) { rig in
      await rig.log.line { $0.message.hasSuffix("is down") }
      await rig.expectReset()
      let line = await rig.log.connection(0)
      #expect(line["ended"] == "no upstream")
      #expect(line["tried"] == nil)
    }
  }

  /// given a name server's answer of many addresses; when checks are under way as the relay ends; then they leave nothing.
  @Test("that are on their way when the relay ends leave nothing behind")
  func underWay() async throws {
    // A listener that nobody accepts from, with its backlog full, does not answer.
    let silent = try Silent()
    try await RelayRig.run(
      to: [silent.target],
      {
        $0.checkInterval = .milliseconds(1); $0.checkTimeout = .seconds(3600)
      }
    ) { rig in
      #expect(rig.log.connections.isEmpty)
    }
    silent.stop()
  }
}
