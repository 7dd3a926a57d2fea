import Foundation
import Millrace
import Testing

@Suite("The relay's log in JSON", .timeLimit(.minutes(8)))
struct JSONLogTests {
  /// As RelayGuide has them, and what every line has.
  private static let fields: Set = [
    "time", "level", "message",
    "client", "listener", "upstream", "tried", "sent", "received", "sent-route", "received-route", "sent-declined",
    "received-declined", "sent-truncated", "received-truncated", "mirror", "seconds", "ended",
  ]

  /// given a relay with room for one; when one client is relayed, another one is refused meanwhile, and the relay ends; then
  /// every line is one object of JSON with a time, a level and a message, and those of the two connections have the fields that
  /// are documented, with what happened, and no others.
  @Test("is an object a line, with what is documented of each connection")
  func lines() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let (relay, log) = try LogLines.start(
      [
        "relay", "--log", "json", "--reactors", "1", "--listen", "tcp://127.0.0.1:0", "--max-connections", "1",
        "--when-full", "refuse", "--to", "tcp://127.0.0.1:\(server.port)",
      ], in: place)
    let port = try await log.port()
    let address = Address.loopback(port: port)

    let first = try await Connection.connect(to: address)
    let firstName = "\(try #require(first.localAddress))"
    try await first.write([1, 2, 3])
    #expect(try await first.read() == [1, 2, 3])
    let refused = await #expect(throws: EndpointError.self) {
      let second = try await Connection.connect(to: address)
      defer { second.close() }
      _ = try await second.readAll()
    }
    #expect(refused?.errno == .connectionReset)
    let refusal = try connection(try await log.next(with: "\"refused\""))
    try first.finishWriting()
    #expect(try await first.readAll().isEmpty)
    first.close()
    let relayed = try connection(try await log.next(with: "\"relayed\""))

    #expect(refusal["ended"] as? String == "limit: max-connections")
    #expect(refusal["listener"] as? String == "127.0.0.1:\(port)")
    #expect((refusal["client"] as? String)?.hasPrefix("127.0.0.1:") == true)
    for field in ["upstream", "sent", "received", "tried"] { #expect(refusal[field] == nil, "\(field)") }

    #expect(relayed["client"] as? String == firstName)
    #expect(relayed["listener"] as? String == "127.0.0.1:\(port)")
    #expect(relayed["upstream"] as? String == "127.0.0.1:\(server.port)")
    #expect(relayed["ended"] as? String == "client closed")
    #expect(relayed["sent"] as? Int == 3)
    #expect(relayed["received"] as? Int == 3)
    #expect(relayed["sent-route"] as? String == "buffered")
    #expect(relayed["received-route"] as? String == "buffered")
    #expect((relayed["sent-declined"] as? String)?.hasPrefix("splice-through-pipe: ") == true)

    relay.send(SIGTERM)
    #expect(await relay.result().status == 0)
    for line in await log.rest() { _ = try object(line) }
    server.stop()
  }

  /// given a relay whose upstream nobody listens at and whose settings are read again in vain; then what the log says of that is
  /// JSON, too, with the quotes and the colons of its reasons.
  @Test("is JSON whatever is said")
  func everyLine() async throws {
    let place = try Scratch()
    try place.write("relay.yaml", Data("to: 'tcp://127.0.0.1:1'\n".utf8))
    let (relay, log) = try LogLines.start(
      [
        "relay", "--log", "json", "--log-level", "trace", "--reactors", "1", "--listen", "tcp://127.0.0.1:0",
        "--config",
        place.path("relay.yaml"), "--eject-after", "1",
      ], in: place)
    let port = try await log.port()
    let refused = await #expect(throws: EndpointError.self) {
      let client = try await Connection.connect(to: .loopback(port: port))
      defer { client.close() }
      _ = try await client.readAll()
    }
    #expect(refused?.errno == .connectionReset)
    let ejection = try object(try await log.next(with: "gets no connections for"))
    #expect(ejection["level"] as? String == "warning")
    #expect((ejection["reason"] as? String)?.contains("Connection refused") == true)
    #expect(try connection(try await log.next(with: "\"relayed\""))["ended"] as? String == "no upstream")
    try place.write("relay.yaml", Data("to: \"\\\"a quoted\\ttext\\\"\"\n".utf8))
    relay.send(SIGHUP)
    let failure = try object(try await log.next(with: "stays as it was"))
    #expect(failure["level"] as? String == "error")
    #expect((failure["message"] as? String)?.contains("\"a quoted\ttext\"") == true)
    relay.send(SIGTERM)
    #expect(await relay.result().status == 0)
    for line in await log.rest() { _ = try object(line) }
  }

  private func object(_ line: String) throws -> [String: Any] {
    let object = try Program.object(Data(line.utf8))
    let time = try #require(object["time"] as? String)
    #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil, "\(time)")
    #expect(["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(object["level"] as? String))
    #expect((object["message"] as? String)?.isEmpty == false)
    return object
  }

  /// The line of a connection.
  private func connection(_ line: String) throws -> [String: Any] {
    let object = try object(line)
    #expect(Set(object.keys).isSubset(of: Self.fields), "\(line)")
    #expect(object["level"] as? String == "info")
    #expect(object["seconds"] as? Double != nil)
    return object
  }
}
