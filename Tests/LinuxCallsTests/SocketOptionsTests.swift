import LinuxCalls
import SystemPackage
import Testing

@Suite("Socket options")
struct SocketOptionsTests {
  @Test(
    "what was set is read back",
    arguments: [
      (SocketOption.reuseAddress, 1), (.reusePort, 1), (.keepAlive, 1), (.noDelay, 1), (.zeroCopy, 1),
      (.notSentLowWater, 65_536), (.keepAliveIdle, 30), (.keepAliveInterval, 5), (.keepAliveCount, 4),
    ])
  func roundTrip(option: SocketOption, value: Int) throws {
    let socket = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(socket) }
    #expect(try Linux.option(option, of: socket) != value)

    try Linux.setOption(option, of: socket, to: value)

    #expect(try Linux.option(option, of: socket) == value)
  }

  @Test(
    "the kernel doubles the size of a buffer for its own book-keeping",
    arguments: [SocketOption.sendBuffer, .receiveBuffer])
  func buffers(option: SocketOption) throws {
    let socket = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(socket) }

    try Linux.setOption(option, of: socket, to: 32_768)

    #expect(try Linux.option(option, of: socket) == 65_536)
  }

  @Test("a socket knows its type, its family and whether it listens")
  func facts() throws {
    let tcp = try Linux.socket(SocketFamily.v4, SocketType.stream)
    let unix = try Linux.socket(SocketFamily.unix, SocketType.stream)
    defer { release(tcp, unix) }

    #expect(try Linux.option(.type, of: tcp) == Int(SocketType.stream))
    #expect(try Linux.option(.domain, of: tcp) == Int(SocketFamily.v4))
    #expect(try Linux.option(.domain, of: unix) == Int(SocketFamily.unix))
    #expect(try Linux.option(.acceptsConnections, of: tcp) == 0)
    try Linux.listen(tcp, backlog: 1)
    #expect(try Linux.option(.acceptsConnections, of: tcp) == 1)
  }

  @Test("an IPv6 socket can be kept from IPv4")
  func v6Only() throws {
    let socket: Int32
    do {
      socket = try Linux.socket(SocketFamily.v6, SocketType.stream)
    } catch {
      #expect(error == .addressFamilyNotSupported, "no IPv6 here")
      return
    }
    defer { release(socket) }

    for value in [1, 0] {
      try Linux.setOption(.v6Only, of: socket, to: value)
      #expect(try Linux.option(.v6Only, of: socket) == value)
    }
  }

  @Test("an option of TCP is nothing that a Unix socket has; a file has none at all")
  func refused() throws {
    let unix = try Linux.socket(SocketFamily.unix, SocketType.stream)
    let file = try temporaryFile()
    defer { release(unix, file) }

    #expect(throws: Errno.notSupportedOnSocket) { try Linux.setOption(.noDelay, of: unix, to: 1) }
    #expect(throws: Errno.notSocket) { try Linux.option(.type, of: file) }
  }
}
