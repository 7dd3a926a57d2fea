import Foundation
import Millrace
import Testing

@Suite("millrace relay: a second signal", .timeLimit(.minutes(8)))
struct SecondSignalTests {
  /// given a relay with a connection, and an hour for it to end; when it is told to end; then the connection goes on; and when
  /// it is told again; then the connection is reset, and the relay has ended well.
  @Test(
    "ends it at once, whatever is still open",
    arguments: [(SIGTERM, SIGTERM), (SIGINT, SIGTERM), (SIGTERM, SIGINT)])
  func endsAtOnce(first: Int32, second: Int32) async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let (relay, log) = try LogLines.start(
      [
        "relay", "--reactors", "2", "--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:\(server.port)",
        "--drain-timeout", "1h",
      ], in: place)
    let client = try await Connection.connect(to: .loopback(port: try await log.port()))
    try await client.write([1])
    #expect(try await client.read() == [1])

    relay.send(first)
    #expect(try await log.next(with: "draining").contains("connections=1"))
    for byte in [UInt8](2..<10) {
      try await client.write([byte])
      #expect(try await client.read() == [byte])
    }
    #expect(!relay.hasEnded)

    relay.send(second)
    let error = await #expect(throws: EndpointError.self) { _ = try await client.readAll() }
    #expect(error?.errno == .connectionReset)
    client.close()
    // Whatever does not end is killed in the end: that is no exit.
    let result = await relay.result()
    #expect(relay.ending?.isExit == true)
    #expect(result.status == 0)
    let rest = await log.rest()
    #expect(rest.count { $0.contains("relayed") && $0.contains("ended=drained") } == 1, "\(rest)")
    server.stop()
  }
}
