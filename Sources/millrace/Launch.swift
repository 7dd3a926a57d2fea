import ArgumentParser
import Glibc

/// The start of the process. The main thread waits for signals and nothing else; the program runs beside it.
@main
enum Launch {
  static func main() {
    StandardStreams.reserve()
    LaunchEnvironment.take()
    // Before any other thread: a thread takes over the signals its maker held back.
    Signals.holdBack()
    // Detached, for a task of the main actor would wait for the main thread.
    Task.detached {
      await MillraceProgram.main()
      exit(EXIT_SUCCESS)
    }
    Signals.forward()
  }
}
