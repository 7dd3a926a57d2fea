import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("Work that yields lets others in", .timeLimit(.minutes(8)))
struct FairnessTests {
  @Test("readiness is asked for between two turns of a bulk loop")
  func readinessBetweenTurns() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      let readiness = Readiness(pipe.read, on: reactor, lent: false)
      defer { readiness.withdraw() }
      let turn = Confined(Counter())
      let woken = await startWaiting(for: .reading, on: readiness) { turn.value.count }

      for _ in 0..<100 {
        turn.value.count += 1
        if turn.value.count == 10 { try put([1], into: pipe.write) }
        // Bulk is no matter of a moment; for what takes less than this, readiness is asked for every so often.
        let start = Linux.now
        while Linux.now - start < 25_000 {}
        await Task.yield()
      }

      let (wake, turnOfWake) = try await woken.value
      #expect(wake == .ready)
      #expect(turnOfWake == 10 || turnOfWake == 11)
    }
  }

  @Test("a reactor's own yield lets in all that is ready, and what has become ready meanwhile")
  func yielding() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      let readiness = Readiness(pipe.read, on: reactor, lent: false)
      defer { readiness.withdraw() }
      let woken = await startWaiting(for: .reading, on: readiness)
      let hasRun = Moment()
      reactor.task { hasRun.comes() }
      try put([1], into: pipe.write)

      await reactor.yield()

      #expect(hasRun.hasCome)
      await reactor.yield()
      #expect(await reactor.metrics().tasks.waiting == 0)
      #expect(try await woken.value == .ready)
    }
  }

  @Test("timers and messages come through as well")
  func timersBetweenTurns() async throws {
    try await onReactor { reactor in
      let turn = Confined(Counter())
      let slept = reactor.task {
        try await reactor.sleep(for: .nanoseconds(1))
        return turn.value.count
      }

      for _ in 0..<1_000 {
        turn.value.count += 1
        await Task.yield()
      }

      let turnOfWake = try await slept.value
      // It is due at once, and seen when the clock is next looked at: within 20 µs of such short turns.
      #expect(turnOfWake < 500)
    }
  }

  @Test("an echo answers beside a loop that never ends")
  func echoBesideBulk() async throws {
    try await withReactors { reactors in
      let reactor = reactors.all[0]
      let (near, far) = try Linux.socketPair(SocketType.stream)
      defer { release(near, far) }
      let isOver = Moment()
      let bulk = reactor.task {
        var turns = 0
        while !isOver.hasCome {
          turns += 1
          await Task.yield()
        }
        return turns
      }
      let echo = reactor.task { try await serveEcho(on: near, of: reactor) }

      let answers = try await onThread {
        try (0..<200).map { number in
          try put([UInt8(number)], into: far)
          _ = try Linux.wait(for: far, .readable, milliseconds: -1)
          return try get(9, from: far)
        }
      }
      try Linux.shutdown(far, .write)
      let echoed = try await echo.value
      isOver.comes()

      #expect(answers == (0..<200).map { [UInt8($0)] })
      #expect(echoed == 200)
      // At least whenever the echo had had its share of calls.
      #expect(try await bulk.value > 200 / 16)
    }
  }

  private final class Counter {
    var count = 0
  }
}

/// Sends back what comes until the peer has finished; answers the bytes.
private func serveEcho(on socket: Int32, of reactor: Reactor) async throws -> Int {
  let readiness = Readiness(socket, on: reactor, lent: false)
  defer { readiness.withdraw() }
  let parker = reactor.leaseParker()
  defer { reactor.giveBack(parker) }
  var total = 0
  while true {
    do {
      let bytes = try get(100, from: socket)
      if bytes.isEmpty { return total }
      total += try put(bytes, into: socket)
      readiness.noteDrained()
    } catch Errno.resourceTemporarilyUnavailable {
      readiness.noteWouldBlock(.reading)
    }
    _ = try await readiness.wait(for: .reading, with: parker)
  }
}
