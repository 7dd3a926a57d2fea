import Foundation
import Millrace

/// One copy between ends of its own, for a test that looks on from outside:
///
///     CopyProbe SOURCE SINK BYTES ROUTE [teed]
///
/// SOURCE and SINK are file, tcp, unix or pipe; ROUTE is a route's name, or "automatic"; teed adds a Unix socket as second
/// sink. Prints a line of JSON: the
/// report, and whether the bytes that arrived are the bytes that were sent. What feeds and drains the ends uses read and
/// write alone.
@main
struct CopyProbe {
  struct Answer: Codable {
    var report: CopyReport
    var isRight: Bool
  }

  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5 || arguments.last == "teed", let count = Int(arguments[3]) else { throw Misuse() }
    let bytes = pattern(count)
    let source = try ProbeEnd(arguments[1], isSource: true)
    let sink = try ProbeEnd(arguments[2], isSource: false)
    try source.feed(bytes)
    async let arrived = sink.drained(count)
    var options = CopyOptions()
    if arguments[4] != "automatic" {
      guard let route = Route(rawValue: arguments[4]) else { throw Misuse() }
      options.routes = .only(route)
    }
    let second = arguments.count > 5 ? try ProbeEnd("unix", isSource: false) : nil
    async let arrivedAtSecond = second?.drained(count)
    let report =
      if let second {
        try await copyTeed(source.source, to: sink.sink, second.sink, limit: count, options)
      } else {
        try await copy(from: source.source, to: sink.sink, limit: count, options: options)
      }
    let isRight = isSame(await arrived, bytes)
    let isSecondRight = await arrivedAtSecond.map { isSame($0, bytes) } ?? true
    FileHandle.standardOutput.write(try JSONEncoder().encode(Answer(report: report, isRight: isRight && isSecondRight)))
  }

  private static func copyTeed(
    _ source: some ByteSource, to sink: some ByteSink, _ second: some ByteSink, limit: Int, _ options: CopyOptions
  ) async throws -> CopyReport {
    try await copy(from: source.teed(to: second), to: sink, limit: limit, options: options)
  }

  // Both are quick without optimisation, too: many of these run beside one another.

  private static func pattern(_ count: Int) -> [UInt8] {
    var bytes = (0..<min(count, 65536)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    // It repeats itself after that many.
    while bytes.count < count { bytes += bytes.prefix(count - bytes.count) }
    return bytes
  }

  private static func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.withUnsafeBytes { one in
      other.withUnsafeBytes { other in
        guard let here = one.baseAddress, let there = other.baseAddress else { return one.count == other.count }
        return one.count == other.count && memcmp(here, there, one.count) == 0
      }
    }
  }

  struct Misuse: Error {}
}
