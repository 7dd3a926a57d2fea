import Foundation
import Glibc
import Testing

@Suite("millrace copy: on a terminal") struct TerminalTests {
  let place: Scratch
  init() throws { place = try Scratch() }

  @Test("the progress line has bytes, percent, rate, time left and route, and fits", arguments: [100, 30])
  func progress(columns: Int) async throws {
    try place.write("a", noise(300_000))
    let terminal = try Terminal(columns: columns)
    let running = try Running(["copy", "--rate", "200K", "a", "b"], errors: terminal.userSide, in: place)
    let lines = await terminal.everything().split(separator: "\r").map(String.init)
    #expect(await running.result().status == 0)
    let drawn = lines.filter { $0.hasSuffix("\u{1B}[K") }.map { $0.dropLast(3) }
    #expect(drawn.allSatisfy { $0.count < columns })
    #expect(drawn.contains { $0.contains("of 293.0 KiB") })
    if columns == 100 {
      let full = try #require(drawn.last { $0.contains(" left") })
      for part in ["KiB of 293.0 KiB", " %", "/s", "by "] { #expect(full.contains(part)) }
    }
  }

  @Test("of a pipe with a limit it says how much of that")
  func limitedPipe() async throws {
    // No more than fits in the pipe, so that nobody has to write beside.
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: noise(60_000))
    try pipe.fileHandleForWriting.close()
    let terminal = try Terminal(columns: 100)
    let running = try Running(
      ["copy", "--rate", "40K", "--limit", "60000", "-", "b"], input: pipe.fileHandleForReading,
      errors: terminal.userSide, in: place)
    let lines = await terminal.everything()
    #expect(await running.result().status == 0)
    #expect(lines.contains("of 58.6 KiB  ") && lines.contains(" %  "))
  }

  @Test("--quiet draws nothing")
  func quiet() async throws {
    try place.write("a", noise(200_000))
    let terminal = try Terminal(columns: 80)
    let running = try Running(["copy", "-q", "--rate", "300K", "a", "b"], errors: terminal.userSide, in: place)
    #expect(await terminal.everything().isEmpty)
    #expect(await running.result().status == 0)
  }
}

/// A pseudo-terminal.
private struct Terminal {
  let userSide: FileHandle
  private let ours: Int32

  init(columns: Int) throws {
    // What unlockpt(3) and ptsname(3) do; Glibc does not show them to Swift. ioctl_tty(2): TIOCSPTLCK, TIOCGPTN
    ours = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(ours >= 0)
    var locked: Int32 = 0
    var number: Int32 = 0
    try #require(ioctl(ours, 0x4004_5431, &locked) == 0 && ioctl(ours, 0x8004_5430, &number) == 0)
    let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(other >= 0)
    var size = winsize(ws_row: 25, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(ours, UInt(TIOCSWINSZ), &size) == 0)
    userSide = FileHandle(fileDescriptor: other, closeOnDealloc: true)
  }

  /// What is written to it until the program has ended.
  func everything() async -> String {
    try? userSide.close()
    let ours = ours
    return await Task.detached {
      var data = Data()
      var chunk = [UInt8](repeating: 0, count: 4096)
      // EIO: nobody has the other side open any more.
      while case let count = Glibc.read(ours, &chunk, chunk.count), count > 0 {
        data.append(contentsOf: chunk[..<count])
      }
      close(ours)
      return String(decoding: data, as: UTF8.self)
    }.value
  }
}
