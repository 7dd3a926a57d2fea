import Glibc
import Millrace

/// The other side of a connection, by plain blocking calls on the caller's thread: none of them is counted.
struct FarEnd: ~Copyable {
  private let number: Int32

  /// What is sent, and what comes over it: nobody looks at the content here, and one for all is none to allocate.
  private nonisolated(unsafe) static let scratch = {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    bytes.initializeMemory(as: UInt8.self, repeating: 7)
    return bytes
  }()

  /// Connects to a listener on the loopback.
  init(to port: UInt16) throws {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard onLoopback(port, { connect(number, $0, $1) }) == 0 else { throw Broken(call: "connect", errno: errno) }
    self.number = number
  }

  deinit { close(number) }

  /// Sends so many bytes; what does not fit waits for room.
  func send(_ count: Int) throws {
    var left = count
    while left > 0 {
      let sent = Glibc.send(number, Self.scratch.baseAddress, min(left, Self.scratch.count), Int32(MSG_NOSIGNAL))
      guard sent > 0 else { throw Broken(call: "send", errno: errno) }
      left -= sent
    }
  }

  /// Takes so many bytes.
  func receive(_ count: Int) throws {
    var left = count
    while left > 0 {
      let received = recv(number, Self.scratch.baseAddress, min(left, Self.scratch.count), 0)
      guard received > 0 else { throw Broken(call: "recv", errno: errno) }
      left -= received
    }
  }
}

private func onLoopback(_ port: UInt16, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}

struct Broken: Error {
  let call: String
  let errno: Int32
}

/// A connection and its far end.
struct Pair: ~Copyable {
  let near: Connection
  let far: FarEnd

  init() async throws {
    let listener = try Listener.bind(to: .loopback(port: 0))
    defer { listener.close() }
    let far = try FarEnd(to: listener.address.port ?? 0)
    let near = try await listener.accept()
    self.near = near
    self.far = far
  }
}
