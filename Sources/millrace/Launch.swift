import ArgumentParser
import Glibc

/// The start of the process. The main thread waits for signals and nothing else; the program runs beside it.
@main
enum Launch {
  static func main() {
    // Before any other thread: a thread takes over the signals its maker held back.
    Signals.holdBack()
    Task {
      await MillraceProgram.main()
      exit(EXIT_SUCCESS)
    }
    Signals.forward()
  }
}
