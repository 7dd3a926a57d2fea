import LinuxCalls
import Millrace
import MillraceServices
import Testing

@Suite("The sockets of a relayed connection", .timeLimit(.minutes(8)))
struct SocketOptionTests {
  /// given a connection that is held open; when the kernel is asked for the options of the relay's two sockets, which it knows
  /// by their addresses; then small writes leave them at once, and it probes idle peers as was configured.
  @Test(
    "send at once, and probe an idle peer after the time that was configured",
    arguments: [Duration.seconds(60), .seconds(7), .milliseconds(300), nil])
  func options(keepAlive: Duration?) async throws {
    let (peers, add) = AsyncStream.makeStream(of: Address?.self)
    let server = try TestServer { connection in
      add.yield(connection.remoteAddress)
      _ = try await connection.readAll()
    }
    try await RelayRig.run(to: [server.target], { $0.keepAlive = keepAlive }) { rig in
      let client = try await rig.connect()
      let peer = try #require(await peers.first { _ in true })
      for socket in [
        try OpenDescriptors.socket(from: rig.address, to: client.localAddress),
        try OpenDescriptors.socket(from: peer, to: server.address),
      ] {
        #expect(try Linux.option(.noDelay, of: socket) == 1)
        #expect(try Linux.option(.keepAlive, of: socket) == (keepAlive == nil ? 0 : 1))
        // Whole seconds, and one at least. tcp(7), TCP_KEEPIDLE
        guard let keepAlive else { continue }
        #expect(try Linux.option(.keepAliveIdle, of: socket) == max(1, Int(keepAlive.components.seconds)))
      }
      client.close()
    }
    await server.end()
  }

  @Test("probe an idle peer after a minute where nothing was configured")
  func defaults() async throws {
    let (peers, add) = AsyncStream.makeStream(of: Address?.self)
    let server = try TestServer { connection in
      add.yield(connection.remoteAddress)
      _ = try await connection.readAll()
    }
    try await RelayRig.run(to: [server.target]) { rig in
      let client = try await rig.connect()
      let peer = try #require(await peers.first { _ in true })
      let (near, far) = (
        try OpenDescriptors.socket(from: rig.address, to: client.localAddress),
        try OpenDescriptors.socket(from: peer, to: server.address)
      )
      for socket in [near, far] {
        #expect(try Linux.option(.keepAlive, of: socket) == 1)
        #expect(try Linux.option(.keepAliveIdle, of: socket) == 60)
      }
      client.close()
    }
    await server.end()
  }
}
