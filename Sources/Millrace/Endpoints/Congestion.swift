import LinuxCalls
import SystemPackage

/// Which congestion control a socket gets, before it is connected: afterwards the kernel would go on pacing.
///
/// BBR paces what it sends, with a timer for each segment. Over the loopback, where nothing is lost and no queue is
/// anybody else's, that holds back half of the throughput, and programming the timers costs more than moving the bytes
/// (measured on Linux 6.18 in a virtual machine: 0.20 seconds of CPU a GiB through a relay with one connection against
/// 0.14 without it, and 2.4 GiB/s against 3.5). So where the system's default is BBR, a socket that is bound or
/// connects to a loopback address takes Reno, which every kernel has and every user may take.
enum Congestion {
  /// Sets what `options` name, or what suits the path to or from `address`.
  static func apply(_ options: ConnectionOptions, to number: Int32, for address: Address) throws(Errno) {
    if let name = options.congestionControl {
      try Linux.setCongestionControl(of: number, to: name)
    } else if address.isLoopback, systemPaces {
      // An optimisation: where it is not to be had, the socket works as it is.
      try? Linux.setCongestionControl(of: number, to: "reno")
    }
  }

  /// Asked once: a change of the system's default afterwards is not seen by this process.
  private static let systemPaces: Bool = {
    guard let number = try? Linux.socket(SocketFamily.v4, SocketType.stream) else { return false }
    defer { try? Linux.close(number) }
    return (try? Linux.congestionControl(of: number))?.hasPrefix("bbr") ?? false
  }()
}

extension Address {
  /// Whether it is on this host alone: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), ::1 (RFC 4291 section 2.5.3), or the first
  /// as a socket of both families sees it. False for a path.
  public var isLoopback: Bool {
    let bytes = raw.bytes
    switch raw.family {
    case SocketFamily.v4: return bytes.count >= 8 && bytes[4] == 127
    case SocketFamily.v6:
      guard bytes.count >= 24 else { return false }
      let host = bytes[8..<24]
      let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127]
      return host.elementsEqual([UInt8](repeating: 0, count: 15) + [1]) || host.starts(with: mapped)
    default: return false
    }
  }
}
