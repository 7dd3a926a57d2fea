import Glibc
import LinuxCalls
import SystemPackage
import Testing

@Suite("The thread and the machine")
struct ThreadsTests {
  @Test("the clock never goes back")
  func clock() {
    var last = Linux.now
    for _ in 0..<10_000 {
      let now = Linux.now
      #expect(now >= last)
      last = now
    }
  }

  @Test("a thread's usage is its own: work elsewhere does not show, work here does")
  func usage() async throws {
    let (before, after) = try await onThread {
      let before = ThreadUsage.ofThisThread
      // The kernel counts in ticks of up to 10 ms on some machines.
      while ThreadUsage.ofThisThread.user + ThreadUsage.ofThisThread.system < before.user + before.system + 1 {}
      return (before, ThreadUsage.ofThisThread)
    }

    #expect(after.user + after.system > before.user + before.system)
    #expect(before.user + before.system < 1_000_000_000)
  }

  @Test("a thread's name is cut to what the kernel keeps")
  func name() async throws {
    let name = try await onThread {
      Linux.nameThisThread("a-name-that-is-too-long")
      let file = try Linux.open("/proc/thread-self/comm", .read)
      defer { release(file) }
      return String(decoding: try get(64, from: file), as: UTF8.self)
    }

    #expect(name == "a-name-that-is-\n")
  }

  @Test("what a thread belongs to is known on that thread alone")
  func owner() async throws {
    let mark = try #require(UnsafeMutableRawPointer(bitPattern: 0x1000))
    let address = UInt(bitPattern: mark)

    let seen = try await onThread {
      Linux.threadOwner = UnsafeMutableRawPointer(bitPattern: address)
      return UInt(bitPattern: Linux.threadOwner)
    }
    let elsewhere = try await onThread { UInt(bitPattern: Linux.threadOwner) }

    #expect(seen == address)
    #expect(elsewhere == 0)
  }

  @Test("blocked are all signals but those of a thread's own faults")
  func signals() async throws {
    let blocked = try await onThread {
      // A thread starts with the mask of the one that made it.
      var set = sigset_t()
      pthread_sigmask(SIG_SETMASK, &set, nil)
      Linux.blockSignalsOnThisThread()
      pthread_sigmask(SIG_BLOCK, nil, &set)
      return (1...31).filter { sigismember(&set, Int32($0)) == 1 }
    }

    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGUSR1] { #expect(blocked.contains(Int(signal))) }
    for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGPROF] {
      #expect(!blocked.contains(Int(signal)))
    }
  }

  @Test("there is a core to run on, and descriptors for standard streams at least")
  func machine() {
    #expect(Linux.cores >= 1)
    #expect(Linux.cores <= sysconf(Int32(_SC_NPROCESSORS_CONF)))
    #expect(Linux.descriptorLimit >= 3)
  }
}
