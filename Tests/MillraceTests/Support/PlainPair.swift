import Glibc

/// Two connected descriptors made by the C library: one for the engine, one for the test.
enum PlainPair {
  /// Unix stream sockets; `buffer` bounds what each side may hold unsent, where it is given.
  static func unix(buffer: Int32? = nil) throws -> (Int32, PlainDescriptor) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw PlainFailure(call: "socketpair")
    }
    if let buffer { for end in ends { bound(end, buffer) } }
    return (ends[0], PlainDescriptor(ends[1]))
  }

  /// A pipe whose reading end is the engine's.
  static func pipeToEngine() throws -> (Int32, PlainDescriptor) {
    let ends = try pipeEnds()
    return (ends.0, PlainDescriptor(ends.1))
  }

  /// A pipe whose writing end is the engine's.
  static func pipeFromEngine() throws -> (Int32, PlainDescriptor) {
    let ends = try pipeEnds()
    return (ends.1, PlainDescriptor(ends.0))
  }

  /// A TCP connection over loopback.
  static func tcp(buffer: Int32? = nil) throws -> (Int32, PlainDescriptor) {
    let listener = PlainDescriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    if let buffer { bound(listener.number, buffer) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (engine, accepted) = try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener.number, address, length) == 0, listen(listener.number, 1) == 0,
          getsockname(listener.number, address, &length) == 0
        else { throw PlainFailure(call: "listen") }
        let engine = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if let buffer { bound(engine, buffer) }
        guard connect(engine, address, length) == 0 else {
          close(engine)
          throw PlainFailure(call: "connect")
        }
        return (engine, accept(listener.number, nil, nil))
      }
    }
    guard accepted >= 0 else { throw PlainFailure(call: "accept") }
    for end in [engine, accepted] {
      var one: Int32 = 1
      setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(4))
    }
    return (engine, PlainDescriptor(accepted))
  }

  private static func pipeEnds() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw PlainFailure(call: "pipe") }
    return (ends[0], ends[1])
  }

  private static func bound(_ number: Int32, _ size: Int32) {
    var size = size
    setsockopt(number, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(4))
    setsockopt(number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(4))
  }
}
