import LinuxCalls
import SystemPackage
import Testing

@Suite("Injected faults")
struct FaultsTests {
  /// Every call that a fault can be aimed at.
  static let aimed = CountedCall.all.filter { $0.descriptor != nil }

  @Test("an interrupted call is made again, and every attempt is counted", arguments: aimed)
  func interrupted(call: CountedCall) throws {
    let bench = try Bench()
    try call.prepare(bench)
    let descriptor = try call.target(on: bench)

    let (counts, struck) = try striking(.init(call.kind, on: descriptor, .error(.interrupted), times: 3)) {
      try calls { try call.make(bench) }
    }

    #expect(struck == 3)
    #expect(counts[call.kind] == 4)
    #expect(counts.total == 4)
  }

  @Test("an error is thrown as it was armed, and counted", arguments: aimed)
  func errors(call: CountedCall) throws {
    let bench = try Bench()
    try call.prepare(bench)
    let descriptor = try call.target(on: bench)

    let (counts, struck) = striking(.init(call.kind, on: descriptor, .error(.ioError))) {
      calls { #expect(throws: Errno.ioError) { try call.make(bench) } }
    }

    #expect(struck == 1)
    #expect(counts[call.kind] == 1)
  }

  @Test("a call that fails by a fault is not made: its bytes are still there")
  func notMade() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }
    try put([1, 2, 3], into: pipe.write)

    _ = striking(.init(.read, on: pipe.read, .error(.ioError))) {
      #expect(throws: Errno.ioError) { try get(9, from: pipe.read) }
    }

    #expect(try get(9, from: pipe.read) == [1, 2, 3])
  }

  @Test("a short call moves at most what the fault lets through")
  func short() throws {
    let pipe = try Linux.pipe()
    defer { release(pipe.read, pipe.write) }
    try put([1, 2, 3, 4, 5], into: pipe.write)

    let (pieces, struck) = try striking(.init(.read, on: pipe.read, .short(2), times: 2)) {
      [try get(9, from: pipe.read), try get(1, from: pipe.read), try get(9, from: pipe.read)]
    }

    #expect(pieces == [[1, 2], [3], [4, 5]])
    #expect(struck == 2)
  }

  @Test("a zero is an end that is not there")
  func zero() throws {
    let file = try temporaryFile(pattern(10))
    let pipe = try Linux.pipe()
    defer { release(file, pipe.read, pipe.write) }

    let (counts, _) = try striking(.init(.sendfile, on: file, .zero)) {
      try (0..<2).map { _ in try Linux.sendfile(from: file, at: 0, to: pipe.write, upTo: 10) }
    }

    #expect(counts == [0, 10])
  }

  @Test("the first calls pass when a fault skips them, and those after its times are up")
  func skippingAndTimes() throws {
    let file = try temporaryFile(pattern(10))
    defer { release(file) }

    let (lengths, struck) = try striking(.init(.pread, on: file, .short(1), skipping: 2, times: 3)) {
      try (0..<7).map { _ in try get(10, from: file, at: 0).count }
    }

    #expect(lengths == [10, 10, 1, 1, 1, 10, 10])
    #expect(struck == 3)
  }

  @Test("without a number of times it strikes until it is disarmed")
  func always() throws {
    let file = try temporaryFile(pattern(10))
    defer { release(file) }

    let token = Faults.shared.arm(.init(.pread, on: file, .zero, times: nil))
    for _ in 0..<100 { #expect(try get(10, from: file, at: 0).isEmpty) }

    #expect(Faults.shared.disarm(token) == 100)
    #expect(Faults.shared.disarm(token) == 0)
    #expect(try get(10, from: file, at: 0) == pattern(10))
  }

  @Test("a fault belongs to its kind of call, or to all")
  func kind() throws {
    let file = try temporaryFile(pattern(10))
    defer { release(file) }

    let (bytes, _) = try striking(.init(.pwrite, on: file, .error(.ioError))) { try get(10, from: file, at: 0) }
    #expect(bytes == pattern(10))
    let (_, struck) = striking(.init(nil, on: file, .error(.ioError), times: nil)) {
      #expect(throws: Errno.ioError) { try get(10, from: file, at: 0) }
      #expect(throws: Errno.ioError) { try Linux.position(of: file) }
    }
    #expect(struck == 2)
  }

  @Test("a fault finds its descriptor at either end of a call, and no other")
  func descriptor() throws {
    let source = try Linux.pipe()
    let sink = try Linux.pipe()
    defer { release(source.read, source.write, sink.read, sink.write) }
    try put([1, 2, 3], into: source.write)

    for end in [source.read, sink.write] {
      _ = striking(.init(.splice, on: end, .error(.ioError))) {
        #expect(throws: Errno.ioError) { try Linux.splice(from: source.read, to: sink.write, upTo: 3) }
      }
    }
    let (moved, struck) = try striking(.init(.splice, on: sink.read, .error(.ioError))) {
      try Linux.splice(from: source.read, to: sink.write, upTo: 3)
    }
    #expect(moved == 3)
    #expect(struck == 0)
  }

  @Test("two faults on one descriptor take their turns in the order they were armed")
  func inOrder() throws {
    let file = try temporaryFile(pattern(10))
    defer { release(file) }
    let tokens = [
      Faults.shared.arm(.init(.pread, on: file, .short(4))),
      Faults.shared.arm(.init(.pread, on: file, .zero, times: 2)),
    ]

    let lengths = try (0..<4).map { _ in try get(10, from: file, at: 0).count }

    #expect(lengths == [4, 0, 0, 10])
    #expect(tokens.map { Faults.shared.disarm($0) } == [1, 2])
  }

  @Test("faults that are armed side by side do not meet", .timeLimit(.minutes(8)))
  func sideBySide() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 1...8 {
        group.addTask {
          let file = try temporaryFile(pattern(100))
          defer { release(file) }
          for round in 0..<50 {
            let (lengths, struck) = try striking(.init(.pread, on: file, .short(lane), skipping: round % 3, times: 2)) {
              try (0..<6).map { _ in try get(100, from: file, at: 0).count }
            }
            #expect(struck == 2)
            #expect(lengths.filter { $0 == lane }.count == 2)
            #expect(lengths.firstIndex(of: lane) == round % 3)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
