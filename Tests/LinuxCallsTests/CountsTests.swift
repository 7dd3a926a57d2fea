import LinuxCalls
import SystemPackage
import Testing

@Suite("System calls are counted by kind")
struct CountsTests {
  @Test("each wrapper makes one call, counted once under its own kind", arguments: CountedCall.all)
  func once(call: CountedCall) throws {
    let bench = try Bench()
    try call.prepare(bench)

    let counts = try calls { try call.make(bench) }

    #expect(counts[call.kind] == 1)
    #expect(counts.total == 1, "\(counts.nonzero)")
  }

  @Test("a call that fails is counted like one that succeeds")
  func failures() {
    let counts = calls { for _ in 0..<3 { #expect(throws: Errno.badFileDescriptor) { try Linux.position(of: -1) } } }

    #expect(counts[.seek] == 3)
    #expect(counts.total == 3)
  }

  @Test("every kind has a wrapper that is counted under it, a place of its own and a name of its own")
  func kinds() {
    #expect(Set(CountedCall.all.map(\.kind)) == Set(SystemCall.allCases))
    #expect(SystemCall.allCases.map(\.rawValue).max() ?? 99 < 32)
    #expect(Set(SystemCall.allCases.map(\.name)).count == SystemCall.allCases.count)
  }

  @Test("a thread's counts are its own")
  func perThread() async throws {
    let own = try await onThread {
      calls { _ = try? Linux.position(of: -1) }
    }
    #expect(own[.seek] == 1)
  }

  @Test("totals over a thread's life add up beyond 4 billion")
  func totals() throws {
    let one = calls { _ = try? Linux.position(of: -1) }
    var half = SystemCallCounts()
    for _ in 0..<31 {
      half += half
      half += one
    }
    var totals = SystemCallTotals()
    for _ in 0..<4 { totals += half }
    #expect(totals.byName == ["lseek": 4 * (1 << 31 - 1)])
  }

  @Test("counts add up")
  func sums() throws {
    let one = calls { _ = try? Linux.position(of: -1) }
    let two = calls { for _ in 0..<2 { _ = try? Linux.flags(of: -1) } }
    var sum = SystemCallCounts()
    sum += one
    sum += two
    sum += two

    #expect(sum[.seek] == 1)
    #expect(sum[.fcntl] == 4)
    #expect(sum.nonzero.map(\.kind) == [.fcntl, .seek])
    #expect(sum.nonzero.map(\.count) == [4, 1])
  }
}
