/// Times that an end of a copy brings along, whatever the options of the copy say: a server bounds what its clients may take.
struct TimeBounds: Sendable {
  /// Nanoseconds without a byte; `Int64.max` is none.
  var idle = Int64.max
  /// What whoever is at that end has to move at least.
  var pace: MinimumPace?

  func stricter(_ other: TimeBounds) -> TimeBounds {
    TimeBounds(idle: min(idle, other.idle), pace: other.pace ?? pace)
  }
}
