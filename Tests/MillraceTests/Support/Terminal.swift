import Glibc

/// A terminal of the test's own: what is written to one side is read from the other.
struct Terminal: Sendable {
  static let isPossible = access("/dev/ptmx", R_OK | W_OK) == 0

  let master: PlainDescriptor
  let slave: Int32

  /// Raw, so that no byte is changed on its way. pts(4), ioctl_tty(2)
  init() throws {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard master >= 0 else { throw PlainFailure(call: "open /dev/ptmx") }
    self.master = PlainDescriptor(master)
    var unlock: Int32 = 0
    var index: Int32 = 0
    // TIOCSPTLCK and TIOCGPTN.
    guard ioctl(master, 0x4004_5431, &unlock) == 0, ioctl(master, 0x8004_5430, &index) == 0 else {
      throw PlainFailure(call: "ioctl")
    }
    slave = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
    guard slave >= 0 else { throw PlainFailure(call: "open /dev/pts/\(index)") }
    var settings = termios()
    tcgetattr(slave, &settings)
    cfmakeraw(&settings)
    tcsetattr(slave, TCSANOW, &settings)
  }
}
