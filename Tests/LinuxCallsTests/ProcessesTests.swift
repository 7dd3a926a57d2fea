import Foundation
import LinuxCalls
import SystemPackage
import Testing

@Suite("A process")
struct ProcessesTests {
  private func block(_ texts: [String]) -> [UInt8] { texts.flatMap { Array($0.utf8) + [0] } }

  private func shell(_ script: String, _ environment: [String] = [], _ descriptors: [Int32] = []) throws -> ProcessEnd {
    let child = try Linux.spawn(
      "/bin/sh", arguments: block(["sh", "-c", script]), environment: block(environment), descriptors: descriptors)
    return try Linux.wait(for: child)
  }

  @Test("says how it ended")
  func ends() throws {
    #expect(try shell("exit 0") == .exited(status: 0))
    #expect(try shell("exit 7") == .exited(status: 7))
    #expect(try shell("kill -9 $$") == .killed(signal: 9))
    #expect(throws: Errno.noSuchFileOrDirectory) {
      try Linux.spawn("/nowhere", arguments: block(["x"]), environment: [], descriptors: [])
    }
  }

  /// given descriptors in an order of their own; when a process is started with them; then it has them from 3 on, in that
  /// order, and the environment that was given it and no other.
  @Test("has the descriptors it is given from 3 on, and its environment")
  func inherits() throws {
    let (first, second) = (try Linux.pipe(), try Linux.pipe())
    let ends = [second.write, first.write]
    let high = try ends.map { try Linux.duplicate($0, from: 5) }
    #expect(high.allSatisfy { $0 >= 5 })
    #expect(
      try shell("printf $A >&3; printf b >&4; test \"$(env | grep -c HOME)\" = 0", ["A=a", "PATH=/bin:/usr/bin"], high)
        == .exited(status: 0))
    for end in ends + high { try Linux.close(end) }
    for (end, text) in [(second.read, "a"), (first.read, "b")] {
      #expect(String(decoding: try Linux.contents(ofPath: "/proc/self/fd/\(end)"), as: UTF8.self) == text)
      try Linux.close(end)
    }
  }

  @Test("begins without blocked signals, and breaks with a broken pipe")
  func signals() throws {
    #expect(try shell("kill -PIPE $$; exit 0") == .killed(signal: 13))
    #expect(try shell("kill -TERM $$; exit 0") == .killed(signal: 15))
  }

  @Test("knows its command line, which /proc has")
  func commandLine() throws {
    let words = try Linux.contents(ofPath: "/proc/self/cmdline").split(separator: 0)
    #expect(words.map { String(decoding: $0, as: UTF8.self) } == CommandLine.arguments)
    #expect(Linux.executablePath?.isEmpty == false)
  }
}
