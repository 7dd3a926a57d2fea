import CBench

/// A moment after which nobody waits any longer.
struct Deadline {
  let seconds: Int
  private let end: UInt64

  init(seconds: Int) {
    self.seconds = seconds
    end = bench_now() + UInt64(seconds) * 1_000_000_000
  }

  var millisecondsLeft: CInt {
    let now = bench_now()
    return now >= end ? 0 : CInt(clamping: (end - now) / 1_000_000 + 1)
  }
}
