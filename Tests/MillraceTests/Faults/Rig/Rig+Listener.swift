import LinuxCalls
import Millrace

extension Rig {
  /// The descriptor of `listener`, which it keeps to itself: the listening socket at its address.
  static func descriptor(of listener: Listener) throws -> Int32 {
    for number in Descriptors.open().keys where (try? Linux.option(.acceptsConnections, of: number)) == 1 {
      // That of another test may be closed by now.
      if (try? Linux.localAddress(of: number)) == listener.address.raw { return number }
    }
    throw Missing("no socket listens at \(listener.address)")
  }
}
