import Glibc
import Reactors

/// Signals of the process: a broken pipe is an error of the call that met it, and a request to stop is waited for
/// instead of breaking in.
enum Signals {
  /// Ignores what a call reports anyway (SIGPIPE as EPIPE, SIGXFSZ as EFBIG), and holds the others back until
  /// ``next()`` asks. pthread_sigmask(3)
  static func holdBack() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
    var set = requests()
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// The next request to stop. Waits in the blocking pool, whose threads hold every signal back. sigwait(3)
  static func next() async -> Int32 {
    await Reactors.shared.all[0].blockingPool.run {
      var set = requests()
      var number: Int32 = 0
      while unsafe sigwait(&set, &number) != 0 {}
      return number
    }
  }

  /// The requests to stop that this process was not told to ignore: `nohup` ignores SIGHUP for it, and a shell
  /// without job control ignores SIGINT for what it starts in the background.
  private static func requests() -> sigset_t {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var current = sigaction()
      _ = unsafe sigaction(number, nil, &current)
      let handler = unsafe current.__sigaction_handler.sa_handler
      // SIG_IGN is the address 1.
      if unsafe unsafeBitCast(handler, to: Int.self) != 1 { _ = unsafe sigaddset(&set, number) }
    }
    return set
  }
}
