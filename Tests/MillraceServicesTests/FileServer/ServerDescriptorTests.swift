import Glibc
import Millrace
import MillraceServices
import Testing

/// In a process of its own, where nobody else opens or closes anything.
@Suite("The descriptors of a file server")
struct ServerDescriptorTests {
  @Test("are all closed when it has ended, whatever became of its answers")
  func noneIsLeft() async {
    await #expect(processExitsWith: .success) {
      alarm(100)
      let folder = try Folder()
      try folder.write("abc", to: "a")
      try folder.write("abc", to: "a.gz")
      try folder.write(noise(10_000_000), to: "big")
      try folder.make(directory: "d")
      try folder.makePipe("p")
      try folder.link("to-a", to: "a")
      // Given everything that is started once.
      try await Answers.all(folder)
      let before = try OpenDescriptors.all()

      // When all of it happens again, several times.
      for _ in 0..<3 { try await Answers.all(folder) }

      // Then there are the same sockets and pipes, no file of the folder, and no more of the others, but for timers and
      // bells: Dispatch has those when it needs them, and a reactor has its epoll besides.
      let after = try OpenDescriptors.all()
      func streams(_ all: [Int32: String]) -> Set<String> {
        Set(all.values.filter { $0.hasPrefix("socket:") || $0.hasPrefix("pipe:") })
      }
      #expect(streams(after) == streams(before))
      let (others, othersBefore) = (Self.kinds(after), Self.kinds(before))
      #expect(!others.keys.contains { $0.hasPrefix(folder.path) }, "\(others)")
      #expect(others.allSatisfy { $1 <= othersBefore[$0] ?? 0 }, "\(others), before: \(othersBefore)")
    }
  }

  /// Whatever else is open, and how often.
  private static func kinds(_ all: [Int32: String]) -> [String: Int] {
    // Of what the process has been left by the one that started it, a file may lose its name meanwhile.
    let names = all.values.map { $0.hasSuffix(" (deleted)") ? String($0.dropLast(10)) : $0 }
    let others = names.filter { !$0.hasPrefix("socket:") && !$0.hasPrefix("pipe:") && !$0.hasSuffix("fd]") }
    return Dictionary(grouping: others) { $0 }.mapValues(\.count)
  }
}

/// What a server may have to answer.
private enum Answers {
  static func all(_ folder: Folder) async throws {
    for policy in LinkPolicy.allCases {
      try await ServerRig.run(
        folder,
        {
          $0.links = policy
          $0.openFiles = 2
          $0.drainTimeout = .milliseconds(1)
        }
      ) { rig in
        for target in ["/a", "/big", "/", "/d", "/d/", "/p", "/to-a", "/none", "/a/", "/../x"] {
          for fields in [[], ["Range: bytes=1-1"], ["Accept-Encoding: gzip"], ["If-None-Match: *"]] {
            _ = try await rig.ask(target, fields)
          }
        }
        let rude = try await rig.connect()
        try await rude.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
        _ = try await rude.takeHead()
        rude.connection.reset()
        // What is under way when the server ends.
        let slow = try await rig.connect()
        try await slow.send("GET /big HTTP/1.1\r\nHost: here\r\n\r\n")
        _ = try await slow.takeHead()
        try await rig.shutDown()
        slow.close()
      }
    }
  }
}
