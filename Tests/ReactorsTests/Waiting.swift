import Reactors

/// Starts a task that waits as after a refused call, and returns once it is parked. Call it on the reactor's thread.
func startWaiting(
  for direction: Readiness.Direction, on readiness: Readiness
) async -> Task<Wake, any Error> {
  let (readiness, reactor) = (Confined(readiness), readiness.reactor)
  let task = reactor.task { () -> Wake in
    let parker = reactor.leaseParker()
    defer { reactor.giveBack(parker) }
    readiness.value.noteWouldBlock(direction)
    return try await readiness.value.wait(for: direction, with: parker)
  }
  // Jobs run in the order they came: this one goes on after the other has parked.
  await turns()
  return task
}

/// The same, with what `note` says at the moment the task goes on.
func startWaiting<Note: Sendable>(
  for direction: Readiness.Direction, on readiness: Readiness, _ note: @escaping @Sendable () -> Note
) async -> Task<(Wake, Note), any Error> {
  let (readiness, reactor) = (Confined(readiness), readiness.reactor)
  let task = reactor.task { () -> (Wake, Note) in
    let parker = reactor.leaseParker()
    defer { reactor.giveBack(parker) }
    readiness.value.noteWouldBlock(direction)
    let wake = try await readiness.value.wait(for: direction, with: parker)
    return (wake, note())
  }
  await turns()
  return task
}
