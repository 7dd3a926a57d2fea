/// Why a parked task goes on.
package enum Wake: Sendable, Equatable {
  /// What it waited for is there.
  case ready
  /// Its task was cancelled, a deadline passed, or the endpoint was closed by someone else.
  case interrupted(Interrupt)
}

/// What ends an operation from outside, whatever it is doing.
package enum Interrupt: Sendable, Equatable {
  case cancelled, deadline, idle, tooSlow, closed
}
