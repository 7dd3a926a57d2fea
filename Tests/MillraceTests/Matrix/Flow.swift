import Glibc
import Millrace

/// Feeds the source and drains the sink of a case while the copy runs, as its timing says. What fits into the kernel's
/// buffers is fed before and drained after, without a thread.
struct Flow: Sendable {
  /// Less than a pipe or a socket holds.
  private static let inlineSize = 4096

  private let drain: PlainDescriptor?
  private let writer: ArrayWriter?
  private let runsInline: Bool
  private let feeding: Task<Void, any Error>?
  private let draining: Task<[UInt8], any Error>?
  /// What a stalling sink stands at.
  private let gate: Gate

  /// Begins; on the reactor of the copy.
  init(_ test: MatrixCase, source: SourceRig, sink: SinkRig, expected: Expectation) throws {
    let (bytes, feeder, drain) = (source.bytes, source.feeder, sink.drain)
    let gate = Gate(isOpen: test.timing != .stall)
    (self.drain, self.gate, writer) = (drain, gate, sink.writer)
    runsInline = test.timing == .plain && max(expected.bytes.count, bytes.count) <= Self.inlineSize
    if runsInline {
      try feeder?.write(bytes)
      feeder?.finishWriting()
      (feeding, draining) = (nil, nil)
    } else if let feeder, let drain, test.timing == .byteByByte || test.timing == .bursts {
      feeding = nil
      draining = Self.lockstep(feeder, drain, bytes, expected, Self.pieces(of: bytes.count, test))
    } else {
      let pieces = Self.pieces(of: bytes.count, test)
      feeding = feeder.map { feeder in
        startThread {
          for piece in pieces {
            try feeder.write(bytes[piece])
            sched_yield()
          }
          feeder.finishWriting()
        }
      }
      let chunk = test.timing == .byteByByte ? 1 : test.timing == .bursts ? 700 : 256 * 1024
      draining = drain.map { drain in
        startThread {
          gate.passOnThread()
          return try drain.read(upToOnce: chunk)
        }
      }
    }
    if test.timing == .stall { openGateWhenParked(on: Reactor.current) }
  }

  /// Each piece is fed when the last one has arrived: nothing may be held back to wait for more.
  private static func lockstep(
    _ feeder: PlainDescriptor, _ drain: PlainDescriptor, _ bytes: [UInt8], _ expected: Expectation,
    _ pieces: [Range<Int>]
  ) -> Task<[UInt8], any Error> {
    startThread {
      var got: [UInt8] = []
      var fed = 0
      for piece in pieces where fed < expected.fromSource {
        // A piece that the limit cuts is not taken whole, and the rest of it must not block this thread.
        let end = min(piece.upperBound, expected.fromSource)
        try feeder.write(bytes[fed..<end])
        fed = end
        let due = min(expected.bytes.count, expected.fromMemory + fed)
        got += try drain.read(due - got.count)
      }
      // What lies behind the limit is taken by whoever looks what is left.
      let rest = bytes[fed...]
      detachThread {
        try? feeder.write(rest)
        feeder.finishWriting()
      }
      return try got + drain.read()
    }
  }

  /// The sink stalls until the copy is parked, or over.
  private func openGateWhenParked(on reactor: Reactor?) {
    guard let reactor else { return }
    writer?.gate.close()
    let (gate, writer) = (gate, writer)
    Task { @Sendable in
      while !gate.isOpen {
        let isParked = await reactor.metrics().tasks.waiting > 0
        if isParked || writer.map({ $0.gate.arrivals > 0 }) == true { gate.open() }
      }
      writer?.gate.open()
    }
  }

  /// The copy has ended.
  func isOver() {
    gate.open()
    writer?.gate.open()
  }

  /// What came out of a stream sink, to its end.
  func drained() async throws -> [UInt8] {
    if let draining { return try await draining.value }
    return try drain?.read() ?? []
  }

  /// Does `body`, which reads what the copy left in the source, and ends the feeding.
  func whatIsLeft(_ body: @escaping @Sendable () throws -> [String]) async throws -> [String] {
    let problems = try runsInline ? body() : await onThread(body)
    try await feeding?.value
    return problems
  }

  private static func pieces(of count: Int, _ test: MatrixCase) -> [Range<Int>] {
    var generator = SeededGenerator(seed: test.seed)
    var pieces: [Range<Int>] = []
    var start = 0
    while start < count {
      let most =
        switch test.timing {
        case .byteByByte: 1
        case .bursts: 1 << Int.random(in: 0...17, using: &generator)
        case .plain, .stall: count
        }
      let end = min(count, start + (test.timing == .bursts ? Int.random(in: 1...most, using: &generator) : most))
      pieces.append(start..<end)
      start = end
    }
    return pieces
  }
}
