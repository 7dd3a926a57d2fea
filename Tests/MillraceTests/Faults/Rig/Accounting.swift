import Millrace
import Testing

/// What a copy under fault came to, with what really was where afterwards.
struct Outcome: Sendable, CustomTestStringConvertible {
  var original: [UInt8]
  var result: Result<CopyReport, CopyError>
  /// What came out of the sink's other side.
  var received: [UInt8]
  /// What could still be read from the source.
  var rest: [UInt8]
  /// How often the fault struck.
  var struck = 0

  var testDescription: String { error?.description ?? report.description }

  var report: CopyReport {
    switch result {
    case .success(let report): report
    case .failure(let error): error.report
    }
  }

  var error: CopyError? {
    if case .failure(let error) = result { error } else { nil }
  }

  var residue: [UInt8] { error?.residue.array ?? [] }

  /// The first promise: every byte is accounted for, in the numbers and in fact.
  func expectEveryByteAccountedFor(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      report.consumed == report.delivered + residue.count, "consumed = delivered + residue",
      sourceLocation: sourceLocation)
    #expect(report.bytesByRoute.values.reduce(0, +) == report.delivered, sourceLocation: sourceLocation)
    #expect(received.count == report.delivered, "what arrived is what was counted", sourceLocation: sourceLocation)
    let isWhole = isSame(received + residue + rest, original)
    #expect(isWhole, "delivered, residue and rest make the original", sourceLocation: sourceLocation)
  }
}
