import Foundation
import Testing

@testable import MillraceHTTP

/// The same bytes for our reader and for the one of SwiftNIO: where they differ it is for a reason of the table.
///
/// A mutation is not expected but looked at, for an expectation costs more than both readers do.
@Suite("Held against llhttp")
struct DifferentialTests {
  /// How many mutations: 24,000, or what the environment variable MILLRACE_MUTATIONS says.
  private static let mutations =
    ProcessInfo.processInfo.environment["MILLRACE_MUTATIONS"].flatMap { Int($0) } ?? 24_000

  @Test("every request of the corpus is read alike, or differently for a known reason, and every reason is met")
  func corpus() throws {
    let corpus = try RequestCorpus.load()
    #expect(corpus.count >= 150)
    var met: Set<Disagreement> = []
    for bytes in corpus { met.formUnion(compare(bytes)) }
    for reason in Disagreement.allCases where !met.contains(reason) {
      Issue.record("no request of the corpus shows that \(reason.rawValue)")
    }
  }

  @Test("every mutation of the corpus is read alike, or differently for a known reason")
  func mutated() throws {
    var mutator = Mutator(seed: 1, try RequestCorpus.load())
    var heads = 0
    var agreed = 0
    for _ in 0..<Self.mutations {
      let bytes = mutator.next()
      let met = compare(bytes)
      if RequestReading.ofOurs(bytes).reading.head != nil {
        heads += 1
        if met.isEmpty { agreed += 1 }
      }
    }
    // Mutations that are all refused would say nothing of what is taken.
    #expect(heads > Self.mutations / 16)
    #expect(agreed > heads / 2)
  }

  private static func withUsualLine(_ bytes: [UInt8], _ head: RequestReading.Head) -> [UInt8] {
    latin("POST \(head.target) HTTP/1.1") + bytes.drop { $0 == 0x0D || $0 == 0x0A }.drop { $0 != 0x0D }
  }

  /// Looks at the first request and at up to three behind it.
  private func compare(_ bytes: [UInt8]) -> Set<Disagreement> {
    var met: Set<Disagreement> = []
    var rest = bytes
    for _ in 0..<4 {
      let (ours, length) = RequestReading.ofOurs(rest)
      let nio = RequestReading.ofNIO(rest)
      let endsAlike = ours.progress != .ended || nio.progress != .ended || RequestReading.endsInNIO(rest, after: length)
      guard endsAlike, ours.isLike(nio) else {
        if let reason = Disagreement(rest, ours: ours, nio: nio) {
          met.insert(reason)
          // Neither a method nor a version is to hide what follows it.
          if [.method, .methodOfOthers, .laterVersion].contains(reason), let head = ours.head {
            rest = Self.withUsualLine(rest, head)
            continue
          }
        } else {
          Issue.record(
            """
            "\(EscapedBytes.encode(rest))"
            ours: \(ours), \(length) bytes of all
            NIO's: \(nio)
            """)
        }
        break
      }
      guard ours.progress == .ended, length < rest.count else { break }
      rest.removeFirst(length)
    }
    return met
  }
}
