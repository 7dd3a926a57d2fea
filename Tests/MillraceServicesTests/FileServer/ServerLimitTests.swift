import Millrace
import MillraceServices
import Testing

@Suite("The bounds of a file server", .serialized, .timeLimit(.minutes(8)))
struct ServerLimitTests {
  private static func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    return folder
  }

  private static let request = "GET /a HTTP/1.1\r\nHost: here\r\n\r\n"

  @Test("those that are too many wait for their turn")
  func wait() async throws {
    try await ServerRig.run(try Self.folder(), { $0.maxConnections = 2 }) { rig in
      let held = [try await rig.connect(), try await rig.connect()]
      for client in held {
        try await client.send(Self.request)
        #expect(try await client.answer().text == "abc")
      }
      let third = try await rig.connect()
      try await third.send(Self.request)
      // Those who are in are served, and the one who waits is not.
      for client in held {
        try await client.send(Self.request)
        #expect(try await client.answer().text == "abc")
      }
      #expect(rig.servedCount <= 4)
      held[0].close()
      #expect(try await third.answer().text == "abc")
      #expect(await rig.served(4)["sent-route"] == "memory")
      third.close()
      held[1].close()
    }
  }

  @Test(
    "those that are too many are reset, where that is wanted, and when others leave they are let in",
    arguments: ["max-connections", "max-connections-per-client"])
  func refuse(limit: String) async throws {
    try await ServerRig.run(
      try Self.folder(),
      {
        if limit == "max-connections" { $0.maxConnections = 1 } else { $0.maxConnectionsPerClient = 1 }
        $0.whenFull = .refuse
      }
    ) { rig in
      let held = try await rig.connect()
      try await held.send(Self.request)
      #expect(try await held.answer().text == "abc")
      let error = await #expect(throws: EndpointError.self) {
        let client = try await rig.connect()
        defer { client.close() }
        _ = try await client.rest()
      }
      #expect(error?.errno == .connectionReset)
      await rig.log.line { $0.message == "refused" && $0["ended"] == "limit: \(limit)" }
      held.close()
      // Until the server has seen that it is gone.
      var answer: RawAnswer?
      while answer == nil { answer = try? await rig.ask("/a") }
      #expect(answer?.text == "abc")
      #expect(await rig.served(1)["sent-route"] == "memory")
    }
  }
}
