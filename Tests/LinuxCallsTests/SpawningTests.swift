import Glibc
import LinuxCalls
import Testing

@Suite("A process that is started", .timeLimit(.minutes(8)))
struct SpawningTests {
  /// given a pipe that is not close-on-exec, as whoever did not think of it makes them; when a process has been started, and
  /// the writing end is closed here; then there is no other, and the reading end says so.
  @Test("does not keep the descriptors of others open")
  func inheritsNothing() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let arguments = ["/bin/sleep", "60"].flatMap { (text: String) -> [UInt8] in Array(text.utf8) + [0] }
    let child = try Linux.spawn("/bin/sleep", arguments: arguments, environment: [0], descriptors: [])
    defer {
      try? Linux.send(signal: SIGKILL, to: child)
      _ = try? Linux.wait(for: child)
    }
    close(ends[1])
    var byte: UInt8 = 0
    #expect(read(ends[0], &byte, 1) == 0)
    #expect(kill(child, 0) == 0)
  }
}
