import LinuxCalls
@testable import Millrace
import Synchronization

/// A reader of the test's own, which gives what it likes of what it is asked for.
final class ArrayReader: ByteReader {
  private let state: Guarded<ArraySlice<UInt8>>
  private let count: Int

  init(_ bytes: [UInt8]) {
    state = Guarded(bytes[...])
    count = bytes.count
  }

  /// How many bytes were taken.
  var given: Int { count - state.withLock { $0.count } }

  func read(upTo most: Int) async throws -> [UInt8] {
    state.withLock { rest in
      // Short at times, as readers are.
      let part = Array(rest.prefix(most > 3 ? most - most / 4 : most))
      rest = rest.dropFirst(part.count)
      return part
    }
  }
}

struct ReaderSource: ByteSource {
  let reader: ArrayReader
  var sourceShape: SourceShape { .reader(reader) }
}

/// A writer of the test's own, which takes part of what it is given, and may stall once until it is let go on.
final class ArrayWriter: ByteWriter {
  private struct State {
    var bytes: [UInt8] = []
    var isFinished = false
  }

  private let state = Guarded(State())
  let gate = Gate(isOpen: true)

  var bytes: [UInt8] { state.withLock { $0.bytes } }
  var isFinished: Bool { state.withLock { $0.isFinished } }

  func write(_ bytes: ArraySlice<UInt8>) async throws -> Int {
    await gate.pass()
    return state.withLock { state in
      let count = bytes.count > 3 ? bytes.count - bytes.count / 4 : bytes.count
      state.bytes += bytes.prefix(count)
      return count
    }
  }

  func finish() async throws { state.withLock { $0.isFinished = true } }
}

struct WriterSink: ByteSink {
  let writer: ArrayWriter
  var sinkShape: SinkShape { .writer(writer) }
}

/// What `readAll` copies to.
struct MemorySink: ByteSink {
  let collector: Collector
  var sinkShape: SinkShape { SinkShape(end: .collector(collector)) }
}
