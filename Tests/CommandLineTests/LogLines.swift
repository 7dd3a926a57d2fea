import Foundation
import Glibc
import Testing

/// A program's standard error, line by line as it comes.
final class LogLines: Sendable {
  private let lines: AsyncStream<String>

  /// Starts `millrace` with these arguments.
  static func start(
    _ arguments: [String], through wrapper: [String] = [], in place: Scratch
  ) throws -> (running: Running, log: LogLines) {
    let pipe = Pipe()
    let running = try Running(arguments, errors: pipe.fileHandleForWriting, through: wrapper, in: place)
    // The program's alone from now on: its end is that of the lines.
    try pipe.fileHandleForWriting.close()
    return (running, LogLines(of: pipe))
  }

  private init(of pipe: Pipe) {
    let (lines, add) = AsyncStream.makeStream(of: String.self)
    self.lines = lines
    Thread.detachNewThread {
      var rest: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = read(pipe.fileHandleForReading.fileDescriptor, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        rest += piece.prefix(count)
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          add.yield(String(decoding: rest[..<end], as: UTF8.self))
          rest.removeFirst(end + 1)
        }
      }
      add.finish()
    }
  }

  /// The next line that has these words, once there is one; those before it are let go.
  @discardableResult
  func next(with words: String) async throws -> String {
    var passed: [String] = []
    for await line in lines {
      if line.contains(words) { return line }
      passed.append(line)
    }
    throw NeverSaid(words: words, passed: passed)
  }

  private struct NeverSaid: Error {
    let words: String
    let passed: [String]
  }

  /// All that are still to come.
  func rest() async -> [String] { await lines.reduce(into: []) { $0.append($1) } }

  /// The port of the listener, from the line that says where a relay listens, in text or in JSON.
  func port() async throws -> UInt16 {
    let line = try await next(with: "listeners")
    let number = try #require(line.split(separator: ":").last?.prefix { $0.isNumber })
    return try #require(UInt16(number))
  }
}
