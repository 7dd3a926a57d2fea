import CAllocations
import Foundation
import LinuxCalls
import Millrace

/// Counts allocations in a process of its own, where nobody else makes any:
///
///     AllocationProbe copy SOURCE SINK ROUTE CHUNKS SIZE
///     AllocationProbe readAll BYTES
///
/// SOURCE and SINK are file, unix, pipe or, of a source, memory; each call moves a chunk of SIZE bytes. Prints a line of
/// JSON.
@main
struct AllocationProbe {
  /// Of a copy.
  struct CopyAnswer: Codable {
    /// The fewest of some rounds: what else the process does can only add to them.
    var allocations: Int
    var report: CopyReport
    var isRight: Bool
  }

  /// Of one call of readAll.
  struct ReadAnswer: Codable {
    /// Of all that was asked for and was as large as the file or larger.
    var sizes: [Int]
    var isRight: Bool
  }

  private static let rounds = 20

  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let reactors = try Reactors(count: 1)
    let answer = try await reactors.all[0].task {
      switch (arguments.first, arguments.count) {
      case ("copy", 6): try JSONEncoder().encode(await copies(arguments))
      case ("readAll", 2): try JSONEncoder().encode(await reading(arguments))
      default: throw Misuse()
      }
    }.value
    FileHandle.standardOutput.write(answer)
    await reactors.shutdown()
  }

  struct Misuse: Error {}

  private static func copies(_ arguments: [String]) async throws -> CopyAnswer {
    guard let route = Route(rawValue: arguments[3]), let chunks = Int(arguments[4]), let size = Int(arguments[5]) else {
      throw Misuse()
    }
    let bytes = ReadyEnds.pattern(chunks * size)
    // One for all rounds: whether it is in memory is asked once in a while, which is no matter of chunks.
    let file = try await File.temporary()
    try await copy(from: Bytes(bytes), to: file)
    var fewest: CopyAnswer?
    // The first one fills pools and caches, and is not looked at.
    for round in 0...rounds {
      let ends = try await ReadyEnds(arguments[1], arguments[2], bytes, of: size, in: file)
      let faults = ends.cutShort()
      defer { for token in faults { Faults.shared.disarm(token) } }
      let options = CopyOptions(limit: ends.bytes.count, routes: .only(route))
      allocations_begin(.max)
      let report = try await copy(from: ends.source, to: ends.sink, options: options)
      let count = Int(allocations_count())
      let isRight = try await ends.arrived() == ends.bytes
      ends.close()
      let isFewer = count < fewest?.allocations ?? .max
      if round > 0, isFewer || !isRight { fewest = CopyAnswer(allocations: count, report: report, isRight: isRight) }
      if !isRight { break }
    }
    guard let fewest else { throw Misuse() }
    return fewest
  }

  private static func reading(_ arguments: [String]) async throws -> ReadAnswer {
    guard let count = Int(arguments[1]) else { throw Misuse() }
    let bytes = ReadyEnds.pattern(count)
    let file = try await File.temporary()
    try await copy(from: Bytes(bytes), to: file)
    let whole = file.section(offset: 0)
    allocations_begin(count)
    let read = try await readAll(from: whole)
    let sizes = (0..<allocations_large_count()).map { Int(allocations_large_size($0)) }
    return ReadAnswer(sizes: sizes, isRight: read == bytes)
  }
}
