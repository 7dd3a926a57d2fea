import SystemPackage

/// What a splice through a leased pipe does next: a pure state machine, told what happened, answering what to do.
///
/// Its laws:
/// - The sink is never finished while the pipe holds a byte.
/// - It never waits for the source while the pipe holds a byte: what was taken is pushed out first, so that a small
///   message is not kept waiting for the next, and the queue stays short.
/// - EAGAIN from a splice into the pipe is ambiguous (source empty, or all slots taken). It is decided by our own
///   count: it means "source empty" only when the pipe is empty, and otherwise "push out first".
/// - A source that fails loses nothing: what the pipe holds is delivered before the failure is told.
struct SplicePump: Equatable, Sendable {
  enum Action: Equatable, Sendable {
    /// Splice at most so many bytes from the source into the pipe.
    case drain(Int)
    /// Splice so many bytes from the pipe into the sink.
    case pump(Int)
    case waitReadable
    case waitWritable
    /// Everything taken is delivered, and the source has ended or the limit is reached.
    case finish
    /// The source failed, and everything taken before is delivered.
    case fail(Errno)
    /// The sink failed: so many bytes in the pipe are the residue.
    case salvage(Errno, Int)
  }

  private enum Source: Equatable, Sendable { case open, blocked, ended, failed(Errno) }
  private enum Sink: Equatable, Sendable { case open, blocked, failed(Errno) }

  /// Bytes in the pipe.
  private(set) var held: Int {
    get { Int(heldBytes) }
    set { heldBytes = Int32(newValue) }
  }
  /// Bytes that may still be taken from the source.
  private(set) var remaining: Int
  /// The most to take at once: what the pipe holds, and what a turn allows.
  var chunk: Int { Int(chunkBytes) }
  // Small numbers, for a pipe is: an idle connection has two pumps.
  private var heldBytes: Int32 = 0
  private let chunkBytes: Int32
  private var source = Source.open
  private var sink = Sink.open

  init(remaining: Int, chunk: Int) {
    self.remaining = remaining
    chunkBytes = Int32(chunk)
  }

  var next: Action {
    if case .failed(let errno) = sink { return .salvage(errno, held) }
    if held > 0 { return sink == .blocked ? .waitWritable : .pump(held) }
    if remaining == 0 { return .finish }
    switch source {
    case .open: return .drain(min(remaining, chunk))
    case .blocked: return .waitReadable
    case .ended: return .finish
    case .failed(let errno): return .fail(errno)
    }
  }

  /// A splice into the pipe moved `count` bytes; zero is the end of the source.
  mutating func drained(_ count: Int) {
    if count == 0 {
      source = .ended
    } else {
      held += count
      remaining -= count
    }
  }

  /// A splice into the pipe was refused with EAGAIN.
  mutating func drainBlocked() {
    if held == 0 { source = .blocked }
  }

  mutating func sourceFailed(_ errno: Errno) { source = .failed(errno) }

  /// A splice out of the pipe moved `count` bytes.
  mutating func pumped(_ count: Int) { held -= count }

  mutating func pumpBlocked() { sink = .blocked }

  mutating func sinkFailed(_ errno: Errno) { sink = .failed(errno) }

  mutating func becameReadable() {
    if source == .blocked { source = .open }
  }

  mutating func becameWritable() {
    if sink == .blocked { sink = .open }
  }

  /// Bytes went another way meanwhile, or the limit was set anew.
  mutating func setRemaining(_ count: Int) { remaining = count }
}
