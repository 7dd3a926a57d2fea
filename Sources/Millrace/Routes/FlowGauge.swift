/// Tells bulk from small messages on a connection, by what each wake-up brings.
///
/// The thresholds are measured on Linux 6.18 over loopback with an echo through a relay: up to 16 KiB a message a
/// buffer is cheaper (a splice is two calls and a pipe's bookkeeping against one copy that stays in the cache); at
/// 64 KiB the copy costs more than the two calls. In between the two are level.
struct FlowGauge: Equatable, Sendable {
  /// A wake-up that brings this much speaks for splicing.
  static let bulk = 32 * 1024
  /// A wake-up that brings less speaks against it.
  static let small = 16 * 1024
  /// So many wake-ups of one kind in a row decide, so that a single large answer in a chatty protocol does not.
  static let inARow = 3
  /// This much without a pause is bulk, whatever came before: a buffer full. Measured with an echo of 64 KiB, which at
  /// 256 KiB here cost 6 % more than splicing from the start, and now the same.
  static let stream = 64 * 1024
  /// Never start to splice for less than this.
  static let leastOwed = 4096

  // Small numbers: an idle connection has two gauges.
  private var thisWake: Int32 = 0
  private var run: Int8 = 0
  private(set) var isBulk = false

  mutating func moved(_ bytes: Int) {
    thisWake = Int32(clamping: Int(thisWake) + bytes)
    if thisWake >= Self.stream, !isBulk {
      isBulk = true
      run = 0
    }
  }

  /// The source has nothing more for now. Answers whether what it had was a small message; what trickles in on a bulk
  /// flow is none, and must not shorten the turns of the others.
  mutating func paused() -> Bool {
    let wasSmall = !isBulk && thisWake > 0 && thisWake < Self.bulk
    let speaksAgainstState = isBulk ? thisWake < Self.small : thisWake >= Self.bulk
    run = speaksAgainstState ? run + 1 : 0
    thisWake = 0
    if run >= Self.inARow {
      isBulk.toggle()
      run = 0
    }
    return wasSmall
  }
}
