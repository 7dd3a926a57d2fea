import LinuxCalls
import Millrace
import Synchronization

/// What an observer of the test's was told.
final class ProgressLog: Sendable {
  private let entries = Guarded<[CopyProgress]>([])

  func note(_ progress: CopyProgress) { entries.withLock { $0.append(progress) } }

  var all: [CopyProgress] { entries.withLock { $0 } }

  /// What is wrong with it, when `count` bytes were to be seen.
  func problems(seen count: Int) -> [String] {
    let delivered = all.map(\.delivered)
    var problems: [String] = []
    if delivered.last ?? 0 != count {
      problems.append("the observer saw \(delivered.last ?? 0) bytes, not \(count)")
    }
    if zip(delivered, delivered.dropFirst()).contains(where: { $0 >= $1 }) {
      problems.append("what the observer saw did not grow: \(delivered)")
    }
    return problems
  }
}

/// Those who look on in one case, in the order of the report: those around the source, then those around the sink.
struct Watchers: Sendable {
  /// Fast enough that nobody waits for it.
  static let rate = 1 << 33

  enum Watcher: Sendable {
    case observer(ProgressLog)
    case hash(Checksum64)
    case tee(SecondSink)
  }

  private(set) var all: [Watcher] = []
  private(set) var source: any ByteSource
  private(set) var sink: any ByteSink

  /// Puts the wrappers of `test` around the ends, the first of them innermost.
  init(_ test: MatrixCase, around source: any ByteSource, _ sink: any ByteSink, total: Int) throws {
    self.source = source
    self.sink = sink
    var onSink: [Watcher] = []
    var count = total
    for wrapper in test.wrappers {
      switch wrapper {
      case .limited(let percent):
        count = Expectation.limit(percent, of: count)
        self.source = self.source.limited(to: count)
      case .prefixed(let more):
        count += more
        self.source = self.source.prefixed(by: Expectation.prefix(more))
      case .observed(.source):
        let log = ProgressLog()
        self.source = self.source.observed(log.note)
        all.append(.observer(log))
      case .observed(.sink):
        let log = ProgressLog()
        self.sink = self.sink.observed(log.note)
        onSink.append(.observer(log))
      case .throttled(.source): self.source = self.source.throttled(to: Self.rate)
      case .throttled(.sink): self.sink = self.sink.throttled(to: Self.rate)
      case .hashed(.source):
        let hash = Checksum64()
        self.source = self.source.hashed(into: hash)
        all.append(.hash(hash))
      case .hashed(.sink):
        let hash = Checksum64()
        self.sink = self.sink.hashed(into: hash)
        onSink.append(.hash(hash))
      case .teed(.source):
        let second = try SecondSink(test.seed)
        self.source = self.source.teed(to: second.sink)
        all.append(.tee(second))
      case .teed(.sink):
        let second = try SecondSink(test.seed)
        self.sink = self.sink.teed(to: second.sink)
        onSink.append(.tee(second))
      }
    }
    all += onSink
  }

  var secondSinks: [SecondSink] {
    all.compactMap { if case .tee(let second) = $0 { second } else { nil } }
  }

  /// What is wrong with what they saw. The second sinks are closed.
  func problems(_ expectation: Expectation, _ report: CopyReport) async -> [String] {
    var problems: [String] = []
    // Those around the sink see everything.
    let skips = expectation.skips + Array(repeating: 0, count: max(0, all.count - expectation.skips.count))
    if report.tees.count != secondSinks.count {
      problems.append("the report has \(report.tees.count) second sinks, not \(secondSinks.count)")
    }
    var tees = report.tees[...]
    for (watcher, skip) in zip(all, skips) {
      let seen = expectation.seen(skipping: skip)
      switch watcher {
      case .observer(let log): problems += log.problems(seen: seen.count)
      case .hash(let hash):
        if hash.count != seen.count || hash.value != Checksum64.of(seen) {
          problems.append("the hash is that of other bytes (\(hash.count), not \(seen.count))")
        }
      case .tee(let second):
        problems += await second.problems(seen, tees.popFirst())
      }
    }
    return problems
  }
}
