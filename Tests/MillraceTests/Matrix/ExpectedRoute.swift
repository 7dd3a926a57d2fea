import Millrace

/// Which way the bytes of a case must go, written down a second time: not taken from the engine's own table.
struct ExpectedRoute: Sendable {
  /// The ways from one end to the other by the kernel, best first; what the bytes of the source must take is the first
  /// that nothing speaks against.
  let better: [Route]
  /// What the bytes of the source must take, where that is certain.
  let route: Route
  /// Buffered while the flow is small, spliced once it is bulk: which of them is a matter of timing.
  let isAdaptive: Bool
  /// A second sink is served through a pipe; where it cannot be, that is said too.
  let isTeed: Bool

  init(_ test: MatrixCase) {
    isTeed = test.wrappers.contains(where: \.isTee)
    let kernel = Self.kernelRoutes(from: test.source, to: test.sink)
    let mustSee = test.wrappers.contains(where: \.isHash) || test.sink == .append
    if test.source == .bytes {
      (better, route, isAdaptive) = ([], .memory, false)
    } else if kernel.isEmpty || mustSee {
      (better, route, isAdaptive) = (kernel, .buffered, false)
    } else if isTeed {
      // tee(2) duplicates between pipes, so the bytes go through one.
      (better, route, isAdaptive) = (kernel.filter { $0 != .pipedSplice }, .pipedSplice, false)
    } else {
      isAdaptive = test.source.isSocket && test.sink.isSocket
      (better, route) = isAdaptive ? ([.pipedSplice], .buffered) : ([], kernel[0])
    }
  }

  static func kernelRoutes(from source: SourceKind, to sink: SinkKind) -> [Route] {
    switch (source, sink) {
    case (.bytes, _), (.reader, _), (_, .memory), (_, .writer): []
    case (.file, .file), (.file, .section), (.file, .append), (.section, .file), (.section, .section),
      (.section, .append):
      [.copyFileRange, .pipedSplice]
    case (.file, .tcp), (.file, .unix), (.section, .tcp), (.section, .unix): [.sendfile]
    case (.file, .pipe), (.section, .pipe), (.pipe, _), (.tcp, .pipe), (.unix, .pipe): [.splice]
    case (.tcp, _), (.unix, _): [.pipedSplice]
    }
  }

  /// What is wrong with what a report says of the ways, when `fromSource` bytes came from the source and `fromMemory`
  /// from before it.
  func problems(in report: CopyReport, fromSource: Int, fromMemory: Int) -> [String] {
    var problems: [String] = []
    let taken = report.bytesByRoute
    if taken.values.reduce(0, +) != report.delivered {
      problems.append("the bytes by route \(taken) are not the \(report.delivered) delivered")
    }
    var expected: [Route: Int] = [:]
    if fromMemory > 0 { expected[.memory] = fromMemory }
    if fromSource > 0 { expected[route, default: 0] += fromSource }
    var got = taken
    if isAdaptive, let spliced = got.removeValue(forKey: .pipedSplice) { got[.buffered, default: 0] += spliced }
    if got != expected { problems.append("the routes were \(taken), not \(expected)") }
    for declined in report.declined where declined.reason.isEmpty {
      problems.append("\(declined.route) was declined without a reason")
    }
    // A source that had nothing to give leaves nothing to explain.
    guard fromSource > 0 else { return problems }
    let explained = Set(report.declined.map(\.route))
    let unexplained = better.filter { taken[$0] == nil && !explained.contains($0) }
    if !unexplained.isEmpty {
      problems.append("\(unexplained) were better and not taken, and the report does not say why")
    }
    if better.isEmpty, !report.declined.isEmpty, !isTeed {
      problems.append("the best route was taken, and still \(report.declined) were declined")
    }
    return problems
  }
}
