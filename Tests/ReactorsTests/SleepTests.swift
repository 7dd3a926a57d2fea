import LinuxCalls
import Reactors
import Testing

@Suite("Sleeping on a reactor", .timeLimit(.minutes(8)))
struct SleepTests {
  @Test("ends after its time, not before, and leaves no timer", arguments: [0, -5, 1, 1_500])
  func ends(microseconds: Int) async throws {
    try await onReactor { reactor in
      let start = Linux.now

      try await reactor.sleep(for: .microseconds(microseconds))

      #expect(Linux.now - start >= Int64(microseconds) * 1_000)
      let metrics = await reactor.metrics()
      #expect(metrics.timers == 0)
      #expect(metrics.tasks.waiting == 0)
    }
  }

  @Test("is legal from anywhere, and comes back where it was called")
  func fromOutside() async throws {
    try await withReactors { reactors in
      let start = Linux.now
      try await reactors.all[0].sleep(for: .microseconds(500))

      #expect(Linux.now - start >= 500_000)
      #expect(Reactor.current == nil)
    }
  }

  @Test("is cancelled with its task, from another thread and from the reactor's own", arguments: [false, true])
  func cancelled(fromElsewhere: Bool) async throws {
    try await onReactor { reactor in
      let sleeping = reactor.task { try await reactor.sleep(for: .seconds(3_600)) }
      await turns()
      #expect(await reactor.metrics().timers == 1)

      if fromElsewhere {
        try await onThread { sleeping.cancel() }
      } else {
        sleeping.cancel()
      }

      await #expect(throws: CancellationError.self) { try await sleeping.value }
      #expect(await reactor.metrics().timers == 0)
    }
  }

  @Test("of a task that is cancelled already throws at once")
  func cancelledBefore() async throws {
    try await onReactor { reactor in
      let sleeping = reactor.task { try await reactor.sleep(for: .seconds(3_600)) }
      sleeping.cancel()

      await #expect(throws: CancellationError.self) { try await sleeping.value }
      #expect(await reactor.metrics().timers == 0)
    }
  }

  @Test("a thousand sleep at once, all wake, and a late cancellation strikes none of those that follow")
  func many() async throws {
    try await onReactor { reactor in
      for _ in 0..<2 {
        let sleeping = (0..<1_000).map { number in
          reactor.task { try await reactor.sleep(for: .microseconds(number % 50)) }
        }
        for task in sleeping {
          try await task.value
          task.cancel()
        }
      }
      #expect(await reactor.metrics().timers == 0)
    }
  }

  /// 292 years are all that fit into nanoseconds of 64 bits: a person's "for ever" is longer.
  @Test("for ever is a duration like any other, until it is cancelled")
  func forEver() async {
    // In a process of its own: an overflow would end this one.
    await #expect(processExitsWith: .success) {
      try await onReactor { reactor in
        let lengths: [Duration] = [
          .seconds(9_223_372_036) + .milliseconds(900), .seconds(9_223_372_036), .seconds(Int64.max),
        ]
        for length in lengths {
          let sleeping = reactor.task { try await reactor.sleep(for: length) }
          await turns(2)
          sleeping.cancel()
          await #expect(throws: CancellationError.self) { try await sleeping.value }
        }
      }
    }
  }

  @Test("a duration in nanoseconds is exact, and what does not fit is as good as for ever or as good as over")
  func nanoseconds() {
    #expect(Duration.nanoseconds(7).nanoseconds == 7)
    #expect(Duration.seconds(3).nanoseconds == 3_000_000_000)
    #expect((Duration.seconds(-1) + .nanoseconds(-5)).nanoseconds == -1_000_000_005)
    #expect(Duration.seconds(Int64.max).nanoseconds > Int64.max / 8)
    #expect(Duration.seconds(Int64.min).nanoseconds < 0)
  }
}
