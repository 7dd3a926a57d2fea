import Millrace

/// Lines that nobody stores: made as they are read.
struct Countdown: ByteSource {
  let first: Int

  init(from first: Int) { self.first = first }

  var sourceShape: SourceShape { .reader(Reader(next: first)) }

  private actor Reader: ByteReader {
    var next: Int
    var rest: [UInt8] = []

    init(next: Int) { self.next = next }

    func read(upTo most: Int) -> [UInt8] {
      while rest.count < most, next >= 0 {
        rest += Array("\(next)\n".utf8)
        next -= 1
      }
      let bytes = Array(rest.prefix(most))
      rest.removeFirst(bytes.count)
      return bytes
    }
  }
}

/// Counts lines and keeps nothing.
actor LineCount: ByteSink, ByteWriter {
  private(set) var count = 0

  nonisolated var sinkShape: SinkShape { .writer(self) }

  func write(_ bytes: ArraySlice<UInt8>) -> Int {
    count += bytes.count { $0 == UInt8(ascii: "\n") }
    return bytes.count
  }
}
