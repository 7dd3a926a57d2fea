import Glibc

/// Signals of the process: a broken pipe is an error of the call that met it, and a request to stop is a value to wait
/// for, instead of something that breaks in.
enum Signals {
  /// A signal, and the process that sent it; 0 where it is the kernel, or a process that this one cannot see.
  struct Request: Sendable {
    let signal: Int32
    let sender: Int32
  }

  /// The requests to stop, and those of which a server knows more, as they come.
  static let requests = stream.stream
  private static let stream = AsyncStream.makeStream(of: Request.self)

  /// Ignores what a call reports anyway (SIGPIPE as EPIPE, SIGXFSZ as EFBIG), and holds requests to stop back until
  /// ``forward()`` takes them. pthread_sigmask(3)
  static func holdBack() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
    var set = waitedFor()
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Hands on the requests to stop, for as long as the process lives. It takes the main thread: an async `main` leaves
  /// that one to the runtime, which lets every signal through there. sigwaitinfo(2)
  static func forward() -> Never {
    var set = waitedFor()
    while true {
      var info = unsafe siginfo_t()
      let number = unsafe sigwaitinfo(&set, &info)
      guard number > 0 else { continue }
      stream.continuation.yield(Request(signal: number, sender: unsafe info._sifields._kill.si_pid))
    }
  }

  /// The requests to stop that this process was not told to ignore: `nohup` ignores SIGHUP for it, and a shell
  /// without job control ignores SIGINT for what it starts in the background.
  private static func waitedFor() -> sigset_t {
    var set = sigset_t()
    _ = unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGUSR2] {
      var current = sigaction()
      _ = unsafe sigaction(number, nil, &current)
      let handler = unsafe current.__sigaction_handler.sa_handler
      // SIG_IGN is the address 1.
      if unsafe unsafeBitCast(handler, to: Int.self) != 1 { _ = unsafe sigaddset(&set, number) }
    }
    return set
  }
}
