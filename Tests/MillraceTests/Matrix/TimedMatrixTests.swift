import Testing

@Suite("Every pair of ends, whatever the timing", .serialized)
struct TimedMatrixTests {
  /// Not a multiple of a page, of a pipe, or of a turn.
  static let large = 1536 * 1024 + 123

  /// given a pair of ends and more bytes than any buffer between them holds; when they are copied to a sample of limits
  /// through a sample of wrappers; then every promise holds.
  @Test("copies 1.5 MiB", arguments: Ends.all)
  func large(_ ends: Ends) async throws {
    try await run(sample(ends, .plain, size: Self.large, count: 8))
  }

  /// given a sink that takes nothing until the copy waits for it; when it then takes all; then nothing was lost, and the
  /// report has the wait.
  @Test(
    "waits for a sink that stalls, and goes on", arguments: Ends.all.filter { $0.sink.isStream || $0.sink == .writer })
  func stall(_ ends: Ends) async throws {
    try await run(sample(ends, .stall, size: Self.large, count: 5))
  }

  /// given a peer that sends the next byte when the last one has arrived; then no byte is held back for more, and the
  /// copy ends.
  @Test("passes on byte by byte", arguments: Ends.all.filter { $0.source.isStream || $0.sink.isStream })
  func byteByByte(_ ends: Ends) async throws {
    try await run(sample(ends, .byteByByte, size: 50, count: 8))
  }

  /// given a peer that sends bursts of 1 byte to 128 KiB, each when the last one has arrived; then each is passed on
  /// whole, whichever way the flow takes.
  @Test("passes on bursts", arguments: Ends.all.filter { $0.source.isStream || $0.sink.isStream })
  func bursts(_ ends: Ends) async throws {
    try await run(sample(ends, .bursts, size: 700_001, count: 5))
  }

  private func run(_ sample: (cases: [MatrixCase], seed: UInt64)) async throws {
    try await MatrixReactor().run(sample.cases, seed: sample.seed)
  }

  /// The first without a limit or a wrapper, the others by chance: none, one or two wrappers.
  private func sample(_ ends: Ends, _ timing: MatrixCase.Timing, size: Int, count: Int)
    -> (cases: [MatrixCase], seed: UInt64)
  {
    let seed = Seed.choose(for: "\(ends.testDescription), \(timing.rawValue), \(size) bytes", usual: 11)
    var generator = SeededGenerator(seed: seed)
    let cases = (0..<count).map { index in
      var test = MatrixCase(source: ends.source, sink: ends.sink, size: size, timing: timing)
      test.seed = generator.next() % 1000
      guard index > 0 else { return test }
      test.limit = MatrixCase.Limit.allCases.randomElement(using: &generator) ?? .none
      test.wrappers = (0..<Int.random(in: 0...2, using: &generator)).compactMap { _ in
        Wrapper.all.randomElement(using: &generator)
      }
      test.passesEnd = Bool.random(using: &generator)
      test.sinkRoom = [nil, -size / 2, 100].randomElement(using: &generator) ?? nil
      return test
    }
    return (cases, seed)
  }
}
