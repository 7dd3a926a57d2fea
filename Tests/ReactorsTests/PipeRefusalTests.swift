import Glibc
import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("No pipe to be had", .serialized)
struct PipeRefusalTests {
  @Test("a process without descriptors is told so, and nothing is counted as leased")
  func noDescriptors() async {
    await #expect(processExitsWith: .success) {
      alarm(30)
      try await onReactor { reactor in
        try await settleDispatch()
        // One for one end of the pipe: both are needed.
        let sentence = try withRoom(forDescriptors: 1) { refusal(of: reactor) }

        #expect(sentence == "no pipe: \(Errno.tooManyOpenFiles)")
        let counts = (reactor.pipes.leased, reactor.pipes.idleCount)
        #expect(counts == (0, 0))
      }
    }
  }

  @Test("an ordinary user with many pipes gets small ones: refused, closed, and said why", .enabled(if: hasQuota))
  func quota() async {
    await #expect(processExitsWith: .success) {
      alarm(30)
      // Root is exempt from the quota: become nobody, in this process alone.
      if geteuid() == 0 { try #require(setuid(65_534) == 0) }
      // The quota is 64 MiB unless changed: more than that in pipes of 1 MiB.
      var held: [Int32] = []
      while held.count < 1_000 {
        let pipe = try Linux.pipe()
        held += [pipe.read, pipe.write]
        let capacity = (try? Linux.setPipeCapacity(of: pipe.write, to: PipePool.capacity)) ?? 0
        if capacity < PipePool.capacity, try Linux.pipeCapacity(of: pipe.write) < PipePool.leastCapacity { break }
      }
      try await onReactor { reactor in
        let before = try reactorDescriptorCount()

        let sentence = try #require(refusal(of: reactor))

        #expect(sentence.contains("pipe-user-pages-soft"))
        #expect(try reactorDescriptorCount() == before)
        #expect(reactor.pipes.leased == 0)
      }
    }
  }
}

/// False where pipes have no quota, or one that is too large to use up here.
private let hasQuota: Bool = {
  guard let file = try? Linux.open("/proc/sys/fs/pipe-user-pages-soft", .read) else { return false }
  defer { release(file) }
  guard let bytes = try? get(64, from: file) else { return false }
  let pages = Int(String(decoding: bytes.dropLast(), as: UTF8.self)) ?? 0
  return pages > 0 && pages <= 16_384 && Linux.descriptorLimit >= 512
}()
