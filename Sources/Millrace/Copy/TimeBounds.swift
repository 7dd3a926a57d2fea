import LinuxCalls

/// Times that an end of a copy brings along, whatever the options of the copy say: a server bounds what its clients may take.
struct TimeBounds: Sendable {
  /// In the nanoseconds of `Linux.now`; `Int64.max` is none.
  var deadline = Int64.max
  /// Nanoseconds without a byte; `Int64.max` is none.
  var idle = Int64.max

  func stricter(_ other: TimeBounds) -> TimeBounds {
    TimeBounds(deadline: min(deadline, other.deadline), idle: min(idle, other.idle))
  }
}
