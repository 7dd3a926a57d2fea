import Foundation

@testable import MillraceEvidence

/// Scrubs what is in memory, as a run does with a file: one pass to look, one to write.
struct Scrubbing {
  /// The names that the tests plant.
  static let vocabulary = Vocabulary(
    hosts: ["buildbox", "db.corp.example"], users: ["alice", "böhm"], homes: [("/data/people/alice", "alice")],
    secrets: ["Project Falcon", "k3y&<\"'>", "4929123456", "6.02E23"])

  struct Result: Equatable {
    var bytes: [UInt8]
    var counts: ScrubCounts
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  var format = Format.text
  private let vocabulary: Vocabulary
  var window = ScrubWindow()
  /// How many bytes are fed at once.
  var chunk = 64 << 10

  init(_ format: Format = .text) {
    self.format = format
    vocabulary = Self.vocabulary
  }

  /// With the smallest window that holds what the tests plant, and these chunks.
  func cut(into chunk: Int, window size: Int = 400, overlap: Int = 200) -> Scrubbing {
    var cut = self
    cut.chunk = chunk
    cut.window.size = size
    cut.window.overlap = overlap
    return cut
  }

  func callAsFunction(_ bytes: [UInt8]) throws -> Result {
    let identities = Identities()
    _ = try pass(bytes, identities)
    identities.isSurveying = false
    let output = try pass(bytes, identities)
    return Result(bytes: output, counts: identities.counts)
  }

  func callAsFunction(_ text: String) throws -> Result { try self(Array(text.utf8)) }

  private func pass(_ bytes: [UInt8], _ identities: Identities) throws -> [UInt8] {
    var scrubber = ContentScrubber(format, vocabulary, identities, window: window)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      try scrubber.feed(bytes[start..<min(start + chunk, bytes.count)], into: &output)
    }
    try scrubber.end(into: &output)
    return output
  }
}
