import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("A descriptor is taken away from its reactor", .timeLimit(.minutes(8)))
struct WithdrawingTests {
  @Test("from another thread: whoever waits goes on with closed")
  func fromElsewhere() async throws {
    try await onReactor { reactor in
      let (near, far) = try Linux.socketPair(SocketType.stream)
      defer { release(near, far) }
      try fill(near)
      let readiness = Readiness(near, on: reactor, lent: false)
      let reader = await startWaiting(for: .reading, on: readiness)
      let writer = await startWaiting(for: .writing, on: readiness)
      let confined = Confined(readiness)

      try await onThread { confined.value.withdraw() }

      #expect(try await reader.value == .interrupted(.closed))
      #expect(try await writer.value == .interrupted(.closed))
    }
  }

  @Test("on its own thread: the same")
  func fromHome() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      let readiness = Readiness(pipe.read, on: reactor, lent: false)
      let reader = await startWaiting(for: .reading, on: readiness)

      readiness.withdraw()

      #expect(try await reader.value == .interrupted(.closed))
    }
  }

  @Test("a wait that comes later is refused with EBADF, and registers nothing")
  func waitsNoMore() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      let readiness = Readiness(pipe.read, on: reactor, lent: false)
      readiness.withdraw()
      readiness.noteWouldBlock(.reading)
      let parker = reactor.leaseParker()
      defer { reactor.giveBack(parker) }
      let before = SystemCallCounts.ofThisThread.total

      #expect(throws: Errno.badFileDescriptor) { try readiness.enlist(parker, for: .reading) }

      #expect(SystemCallCounts.ofThisThread.total == before)
    }
  }

  @Test("before any wait, or twice: nothing happens")
  func neverWaited() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      let readiness = Readiness(pipe.read, on: reactor, lent: false)
      let before = SystemCallCounts.ofThisThread.total

      readiness.withdraw()
      readiness.withdraw()

      #expect(SystemCallCounts.ofThisThread.total == before)
    }
  }

  @Test("it is released: on the spot at home, after its message from elsewhere", arguments: [false, true])
  func released(fromElsewhere: Bool) async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      weak var observed: Readiness?
      do {
        let readiness = Readiness(pipe.read, on: reactor, lent: false)
        observed = readiness
        let waiting = await startWaiting(for: .reading, on: readiness)
        let confined = Confined(readiness)
        if fromElsewhere {
          try await onThread { confined.value.withdraw() }
        } else {
          readiness.withdraw()
        }
        #expect(try await waiting.value == .interrupted(.closed))
      }
      await until { observed == nil }
    }
  }

  @Test("the waits can be ended without taking it away: the next wait works")
  func waitersAlone() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read, pipe.write) }
      let readiness = Readiness(pipe.read, on: reactor, lent: false)
      defer { readiness.withdraw() }
      let first = await startWaiting(for: .reading, on: readiness)
      let confined = Confined(readiness)

      try await onThread { confined.value.interruptWaitersFromAnywhere() }
      #expect(try await first.value == .interrupted(.closed))

      let second = await startWaiting(for: .reading, on: readiness)
      try put([1], into: pipe.write)
      #expect(try await second.value == .ready)
    }
  }

  @Test("a lent descriptor is watched through a duplicate, which goes when it is taken away")
  func lentDuplicate() async throws {
    try await onReactor { reactor in
      let pipe = try Linux.pipe()
      defer { release(pipe.read) }
      let facts = try Linux.facts(of: pipe.read)
      try Linux.close(pipe.write)
      let readiness = Readiness(pipe.read, on: reactor, lent: true)
      #expect(try descriptorCount(of: facts) == 1)

      let waiting = await startWaiting(for: .reading, on: readiness)
      #expect(try await waiting.value == .ready)
      #expect(try descriptorCount(of: facts) == 2)

      readiness.withdraw()
      #expect(try descriptorCount(of: facts) == 1)
    }
  }

  @Test("an owner may close a lent number while it is waited for; events still come, and no stranger is struck")
  func ownerCloses() async throws {
    try await onReactor { reactor in
      let (near, far) = try Linux.socketPair(SocketType.stream)
      defer { release(far) }
      let facts = try Linux.facts(of: near)
      let readiness = Readiness(near, on: reactor, lent: true)
      let waiting = await startWaiting(for: .reading, on: readiness)

      try Linux.close(near)
      try put([1], into: far)
      #expect(try await waiting.value == .ready)

      readiness.withdraw()
      #expect(try descriptorCount(of: facts) == 0)
      // The last one is gone: the peer sees the end.
      #expect(throws: Errno.brokenPipe) { try [UInt8]([1]).withUnsafeBytes { try Linux.send(far, $0) } }
    }
  }

  private typealias Watched = (near: Int32, far: Int32, readiness: Confined<Readiness>)

  @Test("thousands come and go from other threads while their events flow", arguments: [false, true])
  func comeAndGo(lent: Bool) async throws {
    try await onReactor { reactor in
      for _ in 0..<40 {
        var sockets: [Watched] = []
        var waits: [Task<Wake, any Error>] = []
        for _ in 0..<50 {
          let (near, far) = try Linux.socketPair(SocketType.stream)
          let readiness = Readiness(near, on: reactor, lent: lent)
          sockets.append((near, far, Confined(readiness)))
          waits.append(await startWaiting(for: .reading, on: readiness))
        }

        let all = sockets
        async let even: Void = disturb(all, startingAt: 0)
        async let odd: Void = disturb(all, startingAt: 1)
        for wait in waits {
          let wake = try await wait.value
          #expect(wake == .ready || wake == .interrupted(.closed))
        }
        _ = try await (even, odd)
      }
      #expect(await reactor.metrics().tasks.waiting == 0)
    }
  }

  /// On a thread of its own: makes every second socket readable again and again, takes it away and closes it.
  private func disturb(
    _ sockets: [Watched], startingAt first: Int
  ) async throws {
    try await onThread {
      for index in stride(from: first, to: sockets.count, by: 2) {
        // Some are taken away before their first event.
        for _ in 0..<index % 4 { try put([1], into: sockets[index].far) }
        if index % 3 == 0 { try Linux.shutdown(sockets[index].far, .write) }
        sockets[index].readiness.value.withdraw()
        release(sockets[index].near, sockets[index].far)
      }
    }
  }
}
