import Glibc
import Millrace
import MillraceServices
import Testing

@Suite("A file server's bounds", .serialized, .timeLimit(.minutes(8)))
struct SafetyTests {
  private static let secret = "nobody's business"

  /// A folder with a root in it, and beside the root what nobody may get.
  private static func folder() throws -> Folder {
    let folder = try Folder()
    for name in ["root", "root/d", "root-secret"] { try folder.make(directory: name) }
    for name in ["secret", "root-secret/secret", "root/.secret"] { try folder.write(secret, to: name) }
    try folder.write("public", to: "root/d/a")
    return folder
  }

  /// Runs a server of the root within the folder.
  private static func run(
    _ folder: Folder, _ change: (inout FileServerConfiguration) -> Void = { _ in },
    _ body: (ServerRig) async throws -> Void
  ) async throws {
    try await ServerRig.run(
      folder,
      {
        $0.root = folder.path + "/root"
        change(&$0)
      }, body)
  }

  /// What programs that look for holes try.
  private static let traversals: [String] = {
    let ups = [
      "..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "..%00", "%2e%2e%00", "..;", "..;x=y", "%252e%252e",
      "%25%32%65%25%32%65",
      "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae", "%f0%80%80%ae%f0%80%80%ae", "%uff0e%uff0e", "%u002e%u002e", "....", "...",
      "..%20", "..%0d", "..%09", "..%01", "%EF%BC%8E%EF%BC%8E",
    ]
    let slashes = ["/", "%2f", "%2F", "\\", "%5c", "%255c", "%252f", "%c0%af", "%c1%9c", "//", "/./", "%e2%88%95"]
    var targets: [String] = []
    for up in ups {
      for slash in slashes {
        targets += [
          "/\(up)\(slash)secret", "/d\(slash)\(up)\(slash)\(up)\(slash)secret", "/\(up)\(slash)root-secret/secret",
        ]
      }
    }
    return targets + [
      "/../secret", "//../secret", "/./../secret", "/d/../../secret", "/d/..", "/d/../", "/..", "/../", "/.", "/./d/a",
      "//d/a", "/d//a", "/d/./a", "/d/a/..", "/d/../d/a", "http://here/../secret", "http://here/%2e%2e/secret",
      "http://here//../secret", "https://here/../secret", "/%2e%2e%2fsecret", "/..%2f..%2f..%2f..%2fetc/passwd",
      "/%2fetc/passwd", "//etc/passwd", "/file:///etc/passwd", "/proc/self/environ", "/d/a%00.html", "/%00", "/d%00/a",
      "/-secret/secret", "/..-secret/secret", "/d/%2e%2e/%2e%2e/secret", "/%", "/%2", "/%zz", "/d/%2", "/~root", "/~/",
    ]
  }()

  /// given whatever spelling of a way out; then nobody gets what is outside, nothing is listed that is not inside, and
  /// the answer is an error.
  @Test("No spelling of a path leads out")
  func traversal() async throws {
    let folder = try Self.folder()
    try await Self.run(folder) { rig in
      let client = try await rig.connect()
      var statuses: [String: Int] = [:]
      for target in Self.traversals {
        try await client.send("GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n")
        let answer = try await client.answer()
        statuses[target] = answer.status
        #expect([400, 404].contains(answer.status), "\(target)")
        #expect(!answer.text.contains(Self.secret), "\(target)")
        #expect(answer["Connection"] == nil, "\(target): a path is no reason to close")
      }
      #expect(statuses["/%zz"] == 400 && statuses["/%00"] == 400 && statuses["/../secret"] == 404)
      client.close()
      #expect(await rig.served(Self.traversals.count - 1)["sent-route"] == "memory")
    }
  }

  @Test(
    "A target that is none is malformed, and its connection closes",
    arguments: [
      "../secret", "secret", "\\..\\secret", "/a b", "/a\u{7F}", "/\u{E9}", "file:///etc/passwd", "http://",
      "http:///secret",
      "*", "/#x", "ftp://here/d/a",
    ])
  func malformed(target: String) async throws {
    try await Self.run(try Self.folder()) { rig in
      let client = try await rig.connect()
      try await client.send("GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n")
      let answer = try await client.answer()
      #expect(answer.status == 400)
      #expect(answer["Connection"] == "close")
      client.close()
      let line = await rig.served(0)
      #expect(line["refused"] != nil && line["failed"] == nil)
      #expect(line["status"] == "400" && line["sent-route"] == "memory")
    }
  }

  /// Links, and what becomes of a request for them by policy.
  private static let links: [(name: String, target: String, inside: Int, none: Int)] = [
    ("to-file", "d/a", 200, 403), ("to-directory", "d", 301, 403), ("d/up", "../d/a", 200, 403),
    ("chain", "to-file", 200, 403), ("to-outside", "../secret", 403, 403),
    ("absolute", "/etc/hostname", 403, 403), ("far", "../../../../../../etc/hostname", 403, 403),
    ("loop", "loop", 403, 403), ("round", "about", 403, 403), ("about", "round", 403, 403),
    ("dead", "no-such", 404, 403),
    ("around", "../root/d/a", 403, 403), ("self", ".", 301, 403), ("proc", "/proc/self/root/etc/hostname", 403, 403),
  ]

  private static func linked() throws -> Folder {
    let folder = try Self.folder()
    for link in links { try folder.link("root/\(link.name)", to: link.target) }
    return folder
  }

  @Test("A symbolic link is followed as the policy has it", arguments: LinkPolicy.allCases)
  func links(policy: LinkPolicy) async throws {
    let folder = try Self.linked()
    try await Self.run(folder, { $0.links = policy }) { rig in
      for round in 0..<2 {
        for (place, link) in Self.links.enumerated() {
          let answer = try await rig.ask("/\(link.name)")
          let expected = policy == .none ? link.none : link.inside
          #expect(answer.status == expected, "\(link.name) with \(policy), round \(round)")
          if expected == 200 { #expect(answer.text == "public") }
          #expect(!answer.text.contains(Self.secret))
          let line = await rig.served(round * Self.links.count + place)
          #expect(line["sent-route"] == (expected == 301 ? "none" : "memory"))
        }
      }
      let through = try await rig.ask("/to-directory/a")
      #expect(through.status == (policy == .none ? 403 : 200))
    }
  }

  /// given links of somebody else's to what is not theirs; then those are followed where all inside is, and where
  /// owners count they are not.
  @Test(
    "A symbolic link that leads to somebody else's file is not followed where owners count",
    .enabled("only root gives files away", { geteuid() == 0 }))
  func owners() async throws {
    let folder = try Self.folder()
    for (name, target) in [("mine", "d/a"), ("theirs", "d/a"), ("through", "theirs"), ("their-d", "d"), ("own", "d/b")]
    {
      try folder.link("root/\(name)", to: target)
    }
    try folder.write("public", to: "root/d/b")
    for name in ["root/theirs", "root/their-d", "root/own", "root/d/b"] { try folder.give(name, to: 12345) }
    let expected: [(String, inside: Int, sameOwner: Int)] = [
      ("/mine", 200, 200), ("/theirs", 200, 403), ("/through", 200, 403), ("/their-d/a", 200, 403), ("/own", 200, 200),
      ("/their-d/b", 200, 403), ("/d/b", 200, 200),
    ]
    for policy in [LinkPolicy.inside, .sameOwner] {
      try await Self.run(folder, { $0.links = policy }) { rig in
        for (place, (target, inside, sameOwner)) in expected.enumerated() {
          let answer = try await rig.ask(target)
          #expect(answer.status == (policy == .inside ? inside : sameOwner), "\(target) with \(policy)")
          #expect(await rig.served(place)["sent-route"] == "memory")
        }
      }
    }
  }

  /// given what is no file and would make a reader wait, or act; then it is refused at once, and the server serves on.
  @Test("What is neither a file nor a directory is refused, and nobody waits for it")
  func special() async throws {
    let folder = try Self.folder()
    try folder.makePipe("root/pipe")
    let socket = try Listener.bind(to: try #require(Address(path: folder.path + "/root/socket")))
    defer { socket.close() }
    var names = ["pipe", "socket"]
    // The null device. Not everybody may make one.
    if mknod(folder.place("root/device"), S_IFCHR | 0o666, 0x103) == 0 { names.append("device") }
    try await Self.run(folder) { rig in
      for _ in 0..<2 {
        for name in names {
          let answer = try await rig.ask("/\(name)")
          #expect(answer.status == 403, "\(name)")
        }
      }
      #expect(try await rig.ask("/d/a").text == "public")
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  @Test(
    "A file that the server may not read is refused",
    .enabled("root may read everything", { geteuid() != 0 }))
  func unreadable() async throws {
    let folder = try Self.folder()
    try folder.write(Self.secret, to: "root/locked")
    try folder.allow("root/locked", 0)
    try await Self.run(folder) { rig in
      let answer = try await rig.ask("/locked")
      #expect(answer.status == 403)
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }
}
