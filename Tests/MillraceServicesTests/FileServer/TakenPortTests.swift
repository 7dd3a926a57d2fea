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

  @Test("is an error for the admin endpoint, too, and the server lets go of its own")
  func takenByAdmin() async throws {
    let taken = try Listener.bind(to: .loopback(port: 0), reusePort: true)
    let place = try folder(saying: "first")
    var configuration = FileServerConfiguration(root: place.path, listen: [.tcp(host: "127.0.0.1", port: 0)])
    configuration.admin = .tcp(host: "127.0.0.1", port: try #require(taken.address.port))
    let server = FileServer(configuration, logger: LogCapture().logger)
    let addresses = try await server.bind()
    let error = await #expect(throws: EndpointError.self) { try await server.run() }
    #expect(error?.errno == .addressInUse)
    // Its own is free again.
    try Listener.bind(to: addresses[0]).close()
    taken.close()
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
        while answers.count < 2 { answers.insert(try await first.ask("/who").body) }
        #expect(answers == [Array("first".utf8), Array("second".utf8)])
        try await first.shutDown()
        for _ in 0..<16 { #expect(try await second.ask("/who").body == Array("second".utf8)) }
      }
    }
  }
}
