import Testing

/// A pair of ends.
struct Ends: Sendable, CustomTestStringConvertible {
  var source: SourceKind
  var sink: SinkKind
  var testDescription: String { "\(source.rawValue) → \(sink.rawValue)" }

  static let all = SourceKind.allCases.flatMap { source in SinkKind.allCases.map { Ends(source: source, sink: $0) } }
}

@Suite("Every pair of ends")
struct SmallMatrixTests {
  /// given every pair of ends, size, limit and single wrapper; when it is copied; then every promise of a copy holds.
  @Test("copies every size to every limit through every wrapper", arguments: Ends.all)
  func everyLimitAndWrapper(_ ends: Ends) async throws {
    var cases: [MatrixCase] = []
    for wrappers in [[]] + Wrapper.all.map({ [$0] }) {
      for limit in MatrixCase.Limit.allCases {
        for size in wrappers.isEmpty ? [0, 1, 1000] : [1000] {
          var test = MatrixCase(source: ends.source, sink: ends.sink, size: size, limit: limit, wrappers: wrappers)
          test.seed = UInt64(cases.count)
          test.passesEnd = cases.count % 2 == 1
          test.sinkRoom = [nil, 10, 0, -3][cases.count / 2 % 4]
          cases.append(test)
        }
      }
    }
    try await MatrixReactor().run(cases)
  }

  /// given every pair of ends; when two wrappers are nested, in every order; then every promise holds, and each of those
  /// who look on sees exactly the bytes that go by its place.
  @Test("copies through every two nested wrappers", arguments: Ends.all)
  func everyTwoWrappers(_ ends: Ends) async throws {
    let seed = Seed.choose(for: "nested wrappers, \(ends.testDescription)", usual: 7)
    var generator = SeededGenerator(seed: seed)
    var cases: [MatrixCase] = []
    for outer in Wrapper.all {
      for inner in Wrapper.all {
        // Of the limits and sizes a sample.
        var test = MatrixCase(source: ends.source, sink: ends.sink, wrappers: [inner, outer])
        test.size = [0, 1, 1000, 1000, 3000].randomElement(using: &generator) ?? 1000
        test.limit = MatrixCase.Limit.allCases.randomElement(using: &generator) ?? .none
        test.seed = generator.next() % 100
        test.passesEnd = Bool.random(using: &generator)
        cases.append(test)
      }
    }
    try await MatrixReactor().run(cases, seed: seed)
  }
}
