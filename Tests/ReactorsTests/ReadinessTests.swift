import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("Readiness", .timeLimit(.minutes(8)))
struct ReadinessTests {
  /// A readiness of `descriptor` on `reactor`, for the length of `body`.
  private func watching(
    _ descriptor: Int32, on reactor: Reactor, lent: Bool = false, _ body: (Readiness) async throws -> Void
  ) async throws {
    let readiness = Readiness(descriptor, on: reactor, lent: lent)
    defer { readiness.withdraw() }
    try await body(readiness)
  }

  @Test("a reader waits until there are bytes, and again for the next ones")
  func reading() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      try await watching(pipe.read, on: reactor) { readiness in
        for number in 0..<100 as Range<UInt8> {
          let waiting = await startWaiting(for: .reading, on: readiness)
          #expect(await reactor.metrics().tasks.waiting == 1)
          if number.isMultiple(of: 2) {
            try put([number], into: pipe.write)
          } else {
            _ = try await onThread { try put([number], into: pipe.write) }
          }
          #expect(try await waiting.value == .ready)
          #expect(readiness.mayRead)
          #expect(try get(9, from: pipe.read) == [number])
        }
      }
    }
  }

  @Test("a writer waits until there is room, and again for the next")
  func writing() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      try await watching(pipe.write, on: reactor) { readiness in
        for _ in 0..<20 {
          try fill(pipe.write)
          let waiting = await startWaiting(for: .writing, on: readiness)
          #expect(await reactor.metrics().tasks.waiting == 1)
          try empty(pipe.read)
          #expect(try await waiting.value == .ready)
          #expect(readiness.mayWrite)
        }
      }
    }
  }

  @Test("both directions wait at once, and each goes on by its own edge")
  func bothDirections() async throws {
    try await onReactor { reactor in
      let (near, far) = try Linux.socketPair(SocketType.stream)
      defer { release(near, far) }
      try fill(near)
      try await watching(near, on: reactor) { readiness in
        let reader = await startWaiting(for: .reading, on: readiness)
        let writer = await startWaiting(for: .writing, on: readiness)
        #expect(await reactor.metrics().tasks.waiting == 2)

        try put([1], into: far)
        #expect(try await reader.value == .ready)
        #expect(await reactor.metrics().tasks.waiting == 1)
        try empty(far)
        #expect(try await writer.value == .ready)
      }
    }
  }

  @Test("what is known to be ready is not waited for: it costs one registration, then nothing")
  func alreadyReady() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      try await watching(pipe.read, on: reactor) { readiness in
        let parker = reactor.leaseParker()
        let before = SystemCallCounts.ofThisThread
        for _ in 0..<10 {
          let wake = try await readiness.wait(for: .reading, with: parker)
          #expect(wake == .ready)
        }
        let after = SystemCallCounts.ofThisThread

        #expect(after[.epollControl] - before[.epollControl] == 1)
        #expect(after.total - before.total == 1)
        reactor.giveBack(parker)
      }
    }
  }

  @Test("a second waiter in the same direction is EBUSY, and the first one is not disturbed")
  func secondWaiter() async throws {
    try await onReactor { reactor in
      let (near, far) = try Linux.socketPair(SocketType.stream)
      defer { release(near, far) }
      try fill(near)
      try await watching(near, on: reactor) { readiness in
        let reader = await startWaiting(for: .reading, on: readiness)
        let writer = await startWaiting(for: .writing, on: readiness)
        for direction in [Readiness.Direction.reading, .writing] {
          let second = await startWaiting(for: direction, on: readiness)
          await #expect(throws: Errno.resourceBusy) { try await second.value }
        }

        try put([1], into: far)
        try empty(far)

        #expect(try await reader.value == .ready)
        #expect(try await writer.value == .ready)
      }
    }
  }

  @Test("a regular file cannot be waited for: EPERM, and no descriptor is left behind", arguments: [false, true])
  func regularFile(lent: Bool) async throws {
    try await onReactor { reactor in
      let file = try temporaryFile()
      defer { release(file) }
      try await watching(file, on: reactor, lent: lent) { readiness in
        let waiting = await startWaiting(for: .reading, on: readiness)

        await #expect(throws: Errno.notPermitted) { try await waiting.value }
        let count = try descriptorCount(of: Linux.facts(of: file))
        #expect(count == 1)
      }
    }
  }

  @Test("an interrupted operation does not wait, though the descriptor is ready")
  func interrupted() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      try await watching(pipe.read, on: reactor) { readiness in
        let parker = reactor.leaseParker()
        parker.interrupt(by: .deadline)

        #expect(try await readiness.wait(for: .reading, with: parker) == .interrupted(.deadline))
        readiness.noteWouldBlock(.reading)
        #expect(try await readiness.wait(for: .reading, with: parker) == .interrupted(.deadline))
        reactor.giveBack(parker)
        // The place is free again.
        let waiting = await startWaiting(for: .reading, on: readiness)
        try put([1], into: pipe.write)
        #expect(try await waiting.value == .ready)
      }
    }
  }

  @Test("after a read that drained it the next one waits, until the peer has finished: then no edge would come")
  func drained() async throws {
    try await onReactor { reactor in
      let (near, far) = try Linux.socketPair(SocketType.stream)
      defer { release(near, far) }
      try await watching(near, on: reactor) { readiness in
        readiness.noteDrained()
        #expect(!readiness.mayRead)
        let waiting = await startWaiting(for: .reading, on: readiness)
        #expect(!readiness.mayStopShort)

        try put([1], into: far)
        try Linux.shutdown(far, .write)
        #expect(try await waiting.value == .ready)

        #expect(readiness.mayStopShort)
        #expect(try get(9, from: near) == [1])
        readiness.noteDrained()
        #expect(readiness.mayRead)
      }
    }
  }

  @Test("a writer is woken when the reader of its pipe is gone")
  func readerGone() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.write) }
      try fill(pipe.write)
      try await watching(pipe.write, on: reactor) { readiness in
        let waiting = await startWaiting(for: .writing, on: readiness)

        try Linux.close(pipe.read)

        #expect(try await waiting.value == .ready)
        #expect(readiness.mayStopShort)
      }
    }
  }
}
