import Logging
import Millrace
import Testing

@testable import MillraceServices

@Suite("A port where somebody listens already", .timeLimit(.minutes(8)))
struct TakenPortTests {
  private func folder(saying text: String) throws -> Folder {
    let folder = try Folder()
    try folder.write(Array(text.utf8), to: "who")
    return folder
  }

  /// given a server on two reactors, each with a socket of its own at the port; when another one is to listen there; then it
  /// is told that the port is taken, and every client is still the first one's.
  @Test("is an error, as it is for every other program")
  func taken() async throws {
    try await ServerRig.run(try folder(saying: "first"), reactors: 2) { first in
      let port = try #require(first.address.port)
      let error = await #expect(throws: EndpointError.self) {
        try await ServerRig.run(
          try folder(saying: "second"), listen: [.tcp(host: "127.0.0.1", port: port)], reactors: 2
        ) { _ in }
      }
      #expect(error?.errno == .addressInUse)
      for _ in 0..<16 { #expect(try await first.ask("/who").body == Array("first".utf8)) }
    }
  }

  /// given somebody who keeps the admin endpoint's port to himself, or shares it as a server does that drains; when a server is
  /// started; then that is an error, and a warning.
  @Test("is an error for the admin endpoint, too, if its owner does not share it", arguments: [false, true])
  func takenByAdmin(shares: Bool) async throws {
    let taken = try Listener.bind(to: .loopback(port: 0), reusePort: shares)
    let admin = ServiceAddress.tcp(host: "127.0.0.1", port: try #require(taken.address.port))
    let place = try folder(saying: "first")
    var configuration = FileServerConfiguration(root: place.path, listen: [.tcp(host: Self.ownHost, port: 9100)])
    configuration.admin = admin
    let log = LogCapture()
    let server = FileServer(configuration, logger: log.logger)
    let addresses = try await server.bind()
    let running = Task { try await server.run() }
    if shares {
      #expect(await log.line(where: { $0.level == .warning })["address"] == "\(admin)")
      running.cancel()
      _ = await running.result
    } else {
      let error = await #expect(throws: EndpointError.self) { try await running.value }
      #expect(error?.errno == .addressInUse)
    }
    // Its own is free again.
    try Listener.bind(to: addresses[0]).close()
    taken.close()
  }

  /// An address of the loopback that no other test has.
  private static var ownHost: String {
    "127.\(UInt8.random(in: 1...254)).\(UInt8.random(in: 1...254)).\(UInt8.random(in: 1...254))"
  }

  @Test("is no error where it is the server's own, at another of its addresses or given twice")
  func own() async throws {
    let host = Self.ownHost
    let listen = [host, Self.ownHost, host].map { ServiceAddress.tcp(host: $0, port: 9100) }
    try await ServerRig.run(try folder(saying: "all"), listen: listen, reactors: 2) { rig in
      #expect(rig.addresses.count == 2)
      for address in rig.addresses {
        let client = RawClient(try await Connection.connect(to: address))
        try await client.send("GET /who HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.answer().text == "all")
        client.close()
      }
    }
  }

  /// given a server and another one that may share its port; when clients come; then both get some;
  /// and when the first has ended, then all are the second one's.
  @Test("is shared with who is told to, until the first has ended")
  func shared() async throws {
    try await ServerRig.run(try folder(saying: "first"), reactors: 2) { first in
      let port = try #require(first.address.port)
      try await ServerRig.run(
        try folder(saying: "second"), listen: [.tcp(host: "127.0.0.1", port: port)], reactors: 2,
        { $0.reusePort = true }
      ) { second in
        // The kernel deals them out by a hash of their ports: each gets half, and neither none of many.
        var answers: Set<[UInt8]> = []
        for _ in 0..<64 where answers.count < 2 { answers.insert(try await first.ask("/who").body) }
        #expect(answers == [Array("first".utf8), Array("second".utf8)])
        try await first.shutDown()
        for _ in 0..<16 { #expect(try await second.ask("/who").body == Array("second".utf8)) }
      }
    }
  }
}
