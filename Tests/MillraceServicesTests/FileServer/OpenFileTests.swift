import LinuxCalls
import Millrace
import MillraceServices
import Testing

@Suite("The open files of a server", .serialized, .timeLimit(.minutes(8)))
struct OpenFileTests {
  private static func open(in folder: Folder) throws -> [String] {
    try OpenDescriptors.all().values.filter { $0.hasPrefix(folder.path + "/") }
  }

  /// given more files than may be kept; when all are asked for, more than once; then each is what it is, and never are
  /// more open than may be.
  @Test("are no more than may be kept, whatever is asked for", arguments: [0, 1, 10, 1000])
  func bound(most: Int) async throws {
    let folder = try Folder()
    for number in 0..<60 { try folder.write("content \(number)", to: "f\(number)") }
    try await ServerRig.run(folder, { $0.openFiles = most }) { rig in
      let client = try await rig.connect()
      for round in 0..<3 {
        for number in 0..<60 {
          let place = round == 1 ? 59 - number : number
          try await client.send("GET /f\(place) HTTP/1.1\r\nHost: here\r\n\r\n")
          #expect(try await client.answer().text == "content \(place)")
        }
        // What is not kept is closed behind its answer; and the root is open, too.
        while try folder.hasOpenFiles(moreThan: most + 1) { await Task.yield() }
        #expect(try Self.open(in: folder).count == min(most, 60))
      }
      client.close()
      #expect(await rig.served(179)["sent-route"] == "memory")
    }
  }

  /// given more open files than a process may have descriptors; then a quarter of these is what is kept, and the log says so.
  @Test("leave three quarters of the descriptors to connections")
  func clamped() async throws {
    let folder = try Folder()
    try folder.write("content", to: "a")
    let most = Linux.descriptorLimit / 4 / 2
    try await ServerRig.run(folder, reactors: 2, { $0.openFiles = most + 1 }) { rig in
      let answer = try await rig.ask("/a")
      #expect(answer.text == "content")
      let line = await rig.log.line { $0.message == "fewer files are kept open than open-files says" }
      #expect(line["wanted"] == "\(most + 1)" && line["kept"] == "\(most)")
    }
    try await ServerRig.run(folder, reactors: 2, { $0.openFiles = most }) { rig in
      let answer = try await rig.ask("/a")
      #expect(answer.text == "content")
      #expect(!rig.log.lines.contains { $0.message.hasPrefix("fewer files") })
    }
  }

  @Test("are no more than may be kept, compressed neighbours among them", arguments: [1, 2, 7, 30])
  func neighbours(most: Int) async throws {
    let folder = try Folder()
    for number in 0..<20 {
      try folder.write("content \(number)", to: "f\(number)")
      for ending in [".br", ".gz", ".zst"].prefix(number % 4) { try folder.write("", to: "f\(number)\(ending)") }
    }
    try await ServerRig.run(folder, { $0.openFiles = most }) { rig in
      let client = try await rig.connect()
      for round in 0..<3 {
        for number in 0..<20 {
          let place = (number * (round + 1)) % 20
          try await client.send("GET /f\(place) HTTP/1.1\r\nHost: here\r\n\r\n")
          #expect(try await client.answer().text == "content \(place)")
          while try folder.hasOpenFiles(moreThan: most + 1) { await Task.yield() }
        }
      }
      #expect(try Self.open(in: folder).count > most - 4)
      client.close()
      #expect(await rig.served(59)["sent-route"] == "memory")
    }
  }

  /// A target is what is known, without its query: each file once, whatever is said behind it.
  @Test("are one for a target, whatever its query")
  func queries() async throws {
    let folder = try Folder()
    try folder.write("abc", to: "a")
    try await ServerRig.run(folder) { rig in
      for number in 0..<20 {
        let answer = try await rig.ask("/a?\(number)")
        #expect(answer.text == "abc")
      }
      #expect(try Self.open(in: folder).count == 1)
      #expect(await rig.served(19)["sent-route"] == "memory")
    }
  }

  /// given a file with its neighbours in many sizes; when the server has ended; then none of it is open any more. The
  /// rig looks.
  @Test("are closed when the server ends, with all that was under way")
  func ended() async throws {
    let folder = try Folder()
    for ending in ["", ".br", ".gz", ".zst"] { try folder.write(noise(20_000_000), to: "a\(ending)") }
    try await ServerRig.run(folder, { $0.drainTimeout = .milliseconds(1) }) { rig in
      let client = try await rig.connect()
      try await client.send("GET /a HTTP/1.1\r\nHost: here\r\n\r\n")
      _ = try await client.takeHead()
      #expect(try Self.open(in: folder).count == 4)
      try await rig.shutDown()
      client.close()
      let line = await rig.served(0)
      #expect(line["failed"] != nil && line["sent-route"] == "sendfile")
    }
  }
}
