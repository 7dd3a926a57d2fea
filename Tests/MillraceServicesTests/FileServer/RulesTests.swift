import Millrace
import MillraceServices
import Testing

@Suite("New rules for a file server that runs", .serialized, .timeLimit(.minutes(8)))
struct RulesTests {
  @Test("count from the first request on where they come before it runs")
  func beforeItRuns() async throws {
    let folder = try Folder()
    let other = try Folder()
    try folder.write("one", to: "a.txt")
    try other.write("two", to: "a.txt")
    let listen = [ServiceAddress.tcp(host: "127.0.0.1", port: 0)]
    let server = FileServer(FileServerConfiguration(root: folder.path, listen: listen), logger: LogCapture().logger)
    let address = try await server.bind()[0]
    try await server.replaceRules(by: FileServerConfiguration(root: other.path, listen: listen))
    let running = Task { try await server.run() }
    #expect(try await ask(address, "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n").text == "two")
    running.cancel()
    _ = await running.result
  }

  @Test("count from the next request on, also for a file that is open")
  func replaced() async throws {
    let folder = try Folder()
    let other = try Folder()
    try folder.write("one", to: "a.txt")
    try other.write("two", to: "a.txt")
    try await ServerRig.run(folder, { $0.openFileValidity = .seconds(3600) }) { rig in
      let client = try await rig.connect()
      defer { client.close() }
      func get() async throws -> RawAnswer {
        try await client.send("GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n")
        return try await client.answer()
      }
      let before = try await get()
      #expect(before.text == "one" && before["Cache-Control"] == nil)
      var rules = FileServerConfiguration(root: folder.path, listen: [])
      rules.cacheControl = [.init(pattern: "*.txt", value: "no-store")]
      try await rig.server.replaceRules(by: rules)
      let after = try await get()
      #expect(after.text == "one" && after["Cache-Control"] == "no-store")
      rules.root = other.path
      try await rig.server.replaceRules(by: rules)
      #expect(try await get().text == "two")
      // What cannot be served changes nothing.
      rules.root = folder.path + "/nothing"
      await #expect(throws: EndpointError.self) { try await rig.server.replaceRules(by: rules) }
      #expect(try await get().text == "two")
    }
  }

  @Test(
    "are refused where their fields would be no lines of a head, or are the server's own",
    arguments: [
      (FileServerConfiguration.HeaderRule(name: "X-A", value: "a\r\nSet-Cookie: b"), nil),
      (.init(name: "X A", value: "a"), nil), (.init(name: "X-A\r\nY", value: "a"), nil),
      (.init(name: "content-length", value: "5"), nil), (nil, "no-store\r\nX: y"), (nil, "no\nstore"),
    ] as [(FileServerConfiguration.HeaderRule?, String?)])
  func fields(_ header: FileServerConfiguration.HeaderRule?, _ cacheControl: String?) async throws {
    let folder = try Folder()
    try folder.write("one", to: "a.txt")
    try await ServerRig.run(folder) { rig in
      var rules = FileServerConfiguration(root: folder.path, listen: [.tcp(host: "127.0.0.1", port: 0)])
      if let header { rules.headers = [header] }
      if let cacheControl { rules.cacheControl = [.init(pattern: "*", value: cacheControl)] }
      await #expect(throws: SettingsError.self) { try await rig.server.replaceRules(by: rules) }
      let other = FileServer(rules, logger: LogCapture().logger)
      await #expect(throws: SettingsError.self) { try await other.run() }
      let answer = try await rig.ask("/a.txt")
      #expect(answer.text == "one" && answer["Cache-Control"] == nil)
    }
  }

  @Test("leave a directory of 100,000 entries to the blocking pool, whole and in order")
  func large() async throws {
    // In memory, for 100,000 files are long in the making elsewhere.
    let folder = try Folder(in: "/dev/shm")
    for number in 0..<100_000 { try folder.write([], to: "file\(number)") }
    try folder.write("small", to: "small")
    try await ServerRig.run(folder) { rig in
      async let listing = rig.ask("/", ["Accept: application/json"])
      #expect(try await rig.ask("/small").text == "small")
      let text = try await listing.text
      #expect(text.split(separator: "\"name\"").count == 100_002)
    }
  }
}
