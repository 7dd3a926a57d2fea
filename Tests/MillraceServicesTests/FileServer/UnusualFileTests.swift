import Glibc
import Millrace
import MillraceServices
import Testing

@Suite("An unusual file on a server", .serialized, .timeLimit(.minutes(8)))
struct UnusualFileTests {
  /// given a file of which the kernel has nothing in memory; then whoever waits for the disk, the answer is the same.
  @Test("is sent whole where it has to come from the disk first", arguments: [100, 16_384, 100_000, 10_000_000])
  func cold(size: Int) async throws {
    let folder = try Folder()
    let content = try folder.write(noise(size), to: "a")
    try await ServerRig.run(folder, { $0.openFileValidity = .milliseconds(1) }) { rig in
      for round in 0..<4 {
        let number = open(folder.place("a"), O_RDONLY)
        try Folder.check(number)
        defer { close(number) }
        try Folder.check(fsync(number))
        try Folder.check(posix_fadvise(number, 0, 0, POSIX_FADV_DONTNEED))
        let answer = try await rig.ask("/a")
        #expect(isSame(answer.body, content))
        #expect(await rig.served(round)["sent-route"] == (size > 16384 ? "sendfile" : "memory"))
      }
    }
  }

  /// given a file of 6 GiB, a hole but for its end; then places beyond 4 GiB are what they are.
  @Test("is sent from beyond 4 GiB")
  func large() async throws {
    let folder = try Folder()
    try folder.write("", to: "a")
    try folder.truncate("a", to: 6 << 30)
    let end = Array("the end".utf8)
    let number = open(folder.place("a"), O_WRONLY | O_APPEND)
    try Folder.check(number)
    try Folder.check(Int32(write(number, end, end.count)))
    close(number)
    let total = 6 << 30 + 7
    try await ServerRig.run(folder) { rig in
      let head = try await rig.ask("/a", method: "HEAD")
      #expect(head["Content-Length"] == "\(total)")
      let last = try await rig.ask("/a", ["Range: bytes=-7"])
      #expect(last.body == end)
      #expect(last["Content-Range"] == "bytes \(total - 7)-\(total - 1)/\(total)")
      let place = 5 << 30
      let hole = try await rig.ask("/a", ["Range: bytes=\(place)-\(place + 99)"])
      #expect(hole.body == [UInt8](repeating: 0, count: 100))
      let parts = try await rig.ask("/a", ["Range: bytes=0-0,\(total - 3)-"])
      #expect(parts.status == 206)
      #expect(parts.text.contains("\r\n\r\nend\r\n--"))
      #expect(await rig.served(1)["sent-route"] == "sendfile")
    }
  }

  @Test(
    "that nobody can have by its name is not there",
    arguments: [
      String(repeating: "a", count: 256), String(repeating: "a/", count: 3000), String(repeating: "%61", count: 2000),
    ])
  func longNames(name: String) async throws {
    try await ServerRig.run(try Folder()) { rig in
      let answer = try await rig.ask("/\(name)")
      #expect(answer.status == 404)
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }

  @Test("has the longest name that there is")
  func longestName() async throws {
    let folder = try Folder()
    let name = String(repeating: "n", count: 255)
    try folder.write("abc", to: name)
    try await ServerRig.run(folder) { rig in
      // Its compressed neighbours would have longer ones.
      let answer = try await rig.ask("/\(name)", ["Accept-Encoding: gzip"])
      #expect(answer.text == "abc")
      #expect(await rig.served(0)["sent-route"] == "memory")
    }
  }
}
