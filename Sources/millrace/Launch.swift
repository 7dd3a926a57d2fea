import ArgumentParser

/// The start of the process.
@main
enum Launch {
  static func main() async {
    // Before any other thread: a thread takes over the signals its maker held back.
    Signals.holdBack()
    await MillraceProgram.main()
  }
}
