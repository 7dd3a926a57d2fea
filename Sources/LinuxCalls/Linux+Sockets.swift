import CLinux
package import SystemPackage

/// The bytes of a `sockaddr`: what the kernel takes and gives, of any family.
package struct RawAddress: Sendable, Hashable {
  package var bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  /// AF_INET, AF_INET6, AF_UNIX, …
  package var family: Int32 {
    bytes.count >= 2 ? Int32(UInt16(bytes[0]) | UInt16(bytes[1]) << 8) : 0
  }
}

package enum SocketFamily {
  package static let unix: Int32 = 1
  package static let v4: Int32 = 2
  package static let v6: Int32 = 10
}

package enum SocketType {
  package static let stream: Int32 = 1
  package static let datagram: Int32 = 2
  package static let seqpacket: Int32 = 5
}

/// The integer socket options the project uses, with level and name. socket(7), tcp(7), ipv6(7)
package enum SocketOption: Sendable {
  case type, domain, error, reuseAddress, reusePort, keepAlive, noDelay, sendBuffer, receiveBuffer, notSentLowWater
  case v6Only, zeroCopy, acceptsConnections, keepAliveIdle, keepAliveInterval, keepAliveCount

  var place: (level: Int32, name: Int32) {
    switch self {
    case .reuseAddress: (1, 2)
    case .type: (1, 3)
    case .error: (1, 4)
    case .sendBuffer: (1, 7)
    case .receiveBuffer: (1, 8)
    case .keepAlive: (1, 9)
    case .reusePort: (1, 15)
    case .acceptsConnections: (1, 30)
    case .domain: (1, 39)
    case .zeroCopy: (1, CLINUX_SO_ZEROCOPY)
    case .noDelay: (6, 1)
    case .keepAliveIdle: (6, 4)
    case .keepAliveInterval: (6, 5)
    case .keepAliveCount: (6, 6)
    case .notSentLowWater: (6, CLINUX_TCP_NOTSENT_LOWAT)
    case .v6Only: (41, 26)
    }
  }
}

extension Linux {
  /// Non-blocking and close-on-exec. socket(2)
  package static func socket(_ family: Int32, _ type: Int32) throws(Errno) -> Int32 {
    Int32(try perform(.socket) { _ in clinux_socket(family, type | socketFlags, 0) })
  }

  /// socketpair(2)
  package static func socketPair(_ type: Int32) throws(Errno) -> (Int32, Int32) {
    var ends: (Int32, Int32) = (-1, -1)
    _ = try perform(.socket) { _ in
      withUnsafeMutableBytes(of: &ends) {
        clinux_socketpair(
          SocketFamily.unix, type | socketFlags, $0.assumingMemoryBound(to: Int32.self).baseAddress)
      }
    }
    return ends
  }

  /// bind(2)
  package static func bind(_ fd: Int32, to address: RawAddress) throws(Errno) {
    _ = try perform(.bind, on: fd) { _ in
      address.bytes.withUnsafeBytes { clinux_bind(fd, $0.baseAddress, UInt32($0.count)) }
    }
  }

  /// listen(2)
  package static func listen(_ fd: Int32, backlog: Int) throws(Errno) {
    _ = try perform(.listen, on: fd) { _ in clinux_listen(fd, Int32(clamping: backlog)) }
  }

  /// Starts connecting; true when it is done at once. An interrupted connect goes on by itself, as EINPROGRESS does.
  /// connect(2)
  package static func connect(_ fd: Int32, to address: RawAddress) throws(Errno) -> Bool {
    clinux_count(clinux_thread_counts(), Int32(SystemCall.connect.rawValue))
    if clinux_faults_armed() != 0, case .error(let errno) = Faults.shared.strike(.connect, fd, -1),
      errno != .interrupted
    {
      throw errno
    }
    let result = address.bytes.withUnsafeBytes { clinux_connect(fd, $0.baseAddress, UInt32($0.count)) }
    if result >= 0 { return true }
    let errno = Errno(rawValue: Int32(-result))
    if errno == .nowInProgress || errno == .interrupted { return false }
    throw errno
  }

  /// The new connection is non-blocking and close-on-exec. accept4(2)
  package static func accept(_ fd: Int32) throws(Errno) -> Int32 {
    var peer = InternetAddress()
    return try accept(fd, peer: &peer)
  }

  /// The same, with the peer's address, which is known here even if the peer has gone already.
  package static func accept(_ fd: Int32, peer: inout InternetAddress) throws(Errno) -> Int32 {
    var bytes = InternetAddress.none
    let number = try perform(.accept, on: fd) { _ in
      withUnsafeMutableBytes(of: &bytes) { clinux_accept(fd, socketFlags, $0.baseAddress, UInt32($0.count)) }
    }
    peer = InternetAddress(sockaddr: bytes)
    return Int32(number)
  }

  package enum ShutdownSide: Int32, Sendable { case read, write, both }

  /// shutdown(2)
  package static func shutdown(_ fd: Int32, _ side: ShutdownSide) throws(Errno) {
    _ = try perform(.shutdown, on: fd) { _ in clinux_shutdown(fd, side.rawValue) }
  }

  /// getsockname(2)
  package static func localAddress(of fd: Int32) throws(Errno) -> RawAddress {
    try address { clinux_local_address(fd, $0, $1) }
  }

  /// getpeername(2)
  package static func remoteAddress(of fd: Int32) throws(Errno) -> RawAddress {
    try address { clinux_remote_address(fd, $0, $1) }
  }

  /// Whether the socket is connected. getpeername(2)
  package static func hasPeer(_ fd: Int32) throws(Errno) -> Bool {
    var family: UInt16 = 0
    var length = UInt32(MemoryLayout.size(ofValue: family))
    do throws(Errno) {
      _ = try perform(.other) { _ in clinux_remote_address(fd, &family, &length) }
      return true
    } catch {
      guard error == .socketNotConnected else { throw error }
      return false
    }
  }

  /// getsockopt(2)
  package static func option(_ option: SocketOption, of fd: Int32) throws(Errno) -> Int {
    var value: Int32 = 0
    _ = try perform(.socketOption, on: fd) { _ in
      clinux_get_option(fd, option.place.level, option.place.name, &value)
    }
    return Int(value)
  }

  /// setsockopt(2)
  package static func setOption(_ option: SocketOption, of fd: Int32, to value: Int) throws(Errno) {
    _ = try perform(.socketOption, on: fd) { _ in
      clinux_set_option(fd, option.place.level, option.place.name, Int32(clamping: value))
    }
  }

  /// Closing then resets the connection instead of ending it. socket(7), SO_LINGER
  package static func resetOnClose(_ fd: Int32) throws(Errno) {
    _ = try perform(.socketOption, on: fd) { _ in clinux_set_linger(fd, 0) }
  }

  /// Hands the connection to a protocol of the kernel's, such as "tls". tcp(7), TCP_ULP
  package static func setUpperProtocol(of fd: Int32, to name: String) throws(Errno) {
    _ = try perform(.socketOption, on: fd) { _ in clinux_set_ulp(fd, name) }
  }

  /// Takes effect before the connection is made; later the kernel goes on pacing if it did before. tcp(7),
  /// TCP_CONGESTION
  package static func setCongestionControl(of fd: Int32, to name: String) throws(Errno) {
    _ = try perform(.socketOption, on: fd) { _ in clinux_set_congestion(fd, name) }
  }

  /// The name of it, such as "cubic". tcp(7), TCP_CONGESTION
  package static func congestionControl(of fd: Int32) throws(Errno) -> String {
    // TCP_CA_NAME_MAX, with the zero that ends it.
    var size: UInt32 = 16
    var name = [CChar](repeating: 0, count: 17)
    _ = try perform(.socketOption, on: fd) { _ in clinux_get_congestion(fd, &name, &size) }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static var socketFlags: Int32 { 0o4000 /* SOCK_NONBLOCK */ | 0o2000000 /* SOCK_CLOEXEC */ }

  private static func address(
    _ ask: (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt32>) -> Int
  ) throws(Errno) -> RawAddress {
    // sockaddr_storage is 128 bytes.
    var length: UInt32 = 128
    var bytes = [UInt8](repeating: 0, count: 128)
    _ = try perform(.other) { _ in bytes.withUnsafeMutableBytes { ask($0.baseAddress, &length) } }
    bytes.removeLast(bytes.count - min(bytes.count, Int(length)))
    return RawAddress(bytes: bytes)
  }
}
