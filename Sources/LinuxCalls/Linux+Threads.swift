import CLinux
package import SystemPackage

/// User and system time of a thread, in nanoseconds. The kernel brings it up to date at ticks and at switches alone: good
/// for the proportion of the two over a while, not for a short stretch.
package struct ThreadUsage: Sendable {
  package init(user: Int64, system: Int64) {
    self.user = user
    self.system = system
  }

  package var user: Int64
  package var system: Int64

  /// Between 0 and 1. Where the kernel has counted nothing yet, all is taken for system time: these threads do little
  /// else.
  package var userShare: Double {
    user + system > 0 ? Double(user) / Double(user + system) : 0
  }

  package mutating func add(_ more: ThreadUsage) {
    user += more.user
    system += more.system
  }

  package mutating func add(from before: ThreadUsage, to after: ThreadUsage) {
    user += after.user - before.user
    system += after.system - before.system
  }

  /// getrusage(2), RUSAGE_THREAD
  package static var ofThisThread: ThreadUsage {
    var usage = clinux_usage()
    _ = clinux_thread_usage(&usage)
    return ThreadUsage(user: usage.user_ns, system: usage.system_ns)
  }
}

extension Linux {
  /// Nanoseconds of CPU this thread has used, exact at the moment of the call. clock_gettime(2),
  /// CLOCK_THREAD_CPUTIME_ID
  package static var threadCPU: Int64 { clinux_thread_cpu_ns() }

  /// Nanoseconds of CLOCK_MONOTONIC. clock_gettime(2)
  package static var now: Int64 { clinux_monotonic_ns() }

  /// Nanoseconds since 1970. clock_gettime(2), CLOCK_REALTIME
  package static var wallClock: Int64 { clinux_wall_ns() }

  /// Blocks every signal on this thread but those of its own faults: SIGPIPE of a kernel route becomes EPIPE, and
  /// signals of the process go to the process's own threads. pthread_sigmask(3)
  package static func blockSignalsOnThisThread() { _ = clinux_block_signals_on_thread() }

  /// At most 15 bytes. pthread_setname_np(3)
  package static func nameThisThread(_ name: String) { _ = clinux_name_thread(String(name.prefix(15))) }

  /// The cores this process may run on. sched_getaffinity(2)
  package static var cores: Int { max(1, clinux_cores()) }

  /// Their numbers, ascending. sched_getaffinity(2)
  package static var coreNumbers: [Int] {
    var numbers = [Int32](repeating: 0, count: 1024)
    let count = clinux_core_numbers(&numbers, numbers.count)
    return numbers.prefix(max(0, count)).map(Int.init)
  }

  /// Has a thread, and what it starts from then on, run on these cores alone. sched_setaffinity(2)
  package static func run(thread: Int32, on cores: [Int]) throws(Errno) {
    let numbers = cores.map(Int32.init(clamping:))
    _ = try perform(.other) { _ in clinux_run_on(thread, numbers, numbers.count) }
  }

  /// Has a thread, and what it starts from then on, step back behind others, from 0 to 19. setpriority(2)
  package static func stepBack(thread: Int32, by niceness: Int32) throws(Errno) {
    _ = try perform(.other) { _ in clinux_step_back(thread, niceness) }
  }

  /// Bytes of a page. sysconf(3), _SC_PAGESIZE
  package static var pageSize: Int { max(1, clinux_page_size()) }

  /// The most descriptors this process may have. getrlimit(2), RLIMIT_NOFILE
  package static var descriptorLimit: Int { max(3, clinux_descriptor_limit()) }

  /// As many descriptors as the hard limit allows: the soft one is for programs that select(2). A process that is refused goes
  /// on with those it has. setrlimit(2), RLIMIT_NOFILE
  package static func raiseDescriptorLimit() { _ = clinux_raise_descriptor_limit() }

  /// What this thread belongs to: set once by a reactor on its own thread.
  package static var threadOwner: UnsafeMutableRawPointer? {
    get { clinux_thread_owner() }
    set { clinux_set_thread_owner(newValue) }
  }
}
