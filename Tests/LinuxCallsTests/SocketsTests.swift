import Glibc
import LinuxCalls
import SystemPackage
import Testing

@Suite("Sockets")
struct SocketsTests {
  /// A listener on a loopback port of the kernel's choice.
  private func listener() throws -> (descriptor: Int32, address: RawAddress) {
    let loopback = try #require(try Linux.resolve(host: "127.0.0.1", port: 0, forListening: true).first)
    let listener = try Linux.socket(SocketFamily.v4, SocketType.stream)
    try Linux.bind(listener, to: loopback)
    try Linux.listen(listener, backlog: 8)
    return (listener, try Linux.localAddress(of: listener))
  }

  /// Both ends of a connection over TCP.
  private func connected() throws -> (client: Int32, server: Int32) {
    let (listener, address) = try listener()
    defer { release(listener) }
    let client = try Linux.socket(SocketFamily.v4, SocketType.stream)
    if try !Linux.connect(client, to: address) {
      try #require(try Linux.wait(for: client, .writable, milliseconds: -1))
    }
    try #require(try Linux.wait(for: listener, .readable, milliseconds: -1))
    return (client, try Linux.accept(listener))
  }

  @Test("a connection over TCP carries bytes both ways, and each side knows the other's address")
  func tcp() throws {
    let (client, server) = try connected()
    defer { release(client, server) }

    #expect(try Linux.option(.error, of: client) == 0)
    #expect(try Linux.remoteAddress(of: client) == Linux.localAddress(of: server))
    #expect(try Linux.remoteAddress(of: server) == Linux.localAddress(of: client))
    try put([1, 2, 3], into: client)
    try #require(try Linux.wait(for: server, .readable, milliseconds: -1))
    #expect(try get(9, from: server) == [1, 2, 3])
  }

  @Test("every new socket is non-blocking and close-on-exec")
  func flags() throws {
    let (client, server) = try connected()
    let pair = try Linux.socketPair(SocketType.stream)
    defer { release(client, server, pair.0, pair.1) }

    for socket in [client, server, pair.0, pair.1] {
      #expect(try Linux.flags(of: socket).contains(.nonBlocking))
      #expect(fcntl(socket, F_GETFD) == FD_CLOEXEC)
    }
  }

  @Test("accept with nobody there is EAGAIN")
  func nobodyThere() throws {
    let (listener, _) = try listener()
    defer { release(listener) }

    #expect(throws: Errno.resourceTemporarilyUnavailable) { try Linux.accept(listener) }
  }

  @Test("an address that is taken is EADDRINUSE")
  func taken() throws {
    let (first, address) = try listener()
    let second = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(first, second) }

    #expect(throws: Errno.addressInUse) { try Linux.bind(second, to: address) }
  }

  @Test("a connection that nobody takes is refused, at once or in the error option")
  func refused() throws {
    let (listener, address) = try listener()
    release(listener)
    let client = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(client) }

    do {
      #expect(try !Linux.connect(client, to: address))
      try #require(try Linux.wait(for: client, .writable, milliseconds: -1))
      #expect(try Linux.option(.error, of: client) == Int(Errno.connectionRefused.rawValue))
    } catch {
      #expect(error as? Errno == .connectionRefused)
    }
  }

  @Test("an interrupted connect goes on by itself, as one in progress does")
  func interruptedConnect() throws {
    let (listener, address) = try listener()
    let client = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(listener, client) }

    let (done, struck) = try striking(.init(.connect, on: client, .error(.interrupted))) {
      try Linux.connect(client, to: address)
    }

    #expect(struck == 1)
    #expect(!done)
    try #require(try Linux.wait(for: client, .writable, milliseconds: -1))
    #expect(try Linux.option(.error, of: client) == 0)
  }

  @Test("shutting down the write side is the peer's end of stream, and its answer still arrives")
  func halfClose() throws {
    let (client, server) = try connected()
    defer { release(client, server) }

    try Linux.shutdown(client, .write)

    try #require(try Linux.wait(for: server, .readable, milliseconds: -1))
    #expect(try get(9, from: server) == [])
    try put([7], into: server)
    try #require(try Linux.wait(for: client, .readable, milliseconds: -1))
    #expect(try get(9, from: client) == [7])
  }

  @Test("closing with a reset reaches the peer as ECONNRESET")
  func reset() throws {
    let (client, server) = try connected()
    defer { release(server) }

    try Linux.resetOnClose(client)
    try Linux.close(client)

    try #require(try Linux.wait(for: server, .readable, milliseconds: -1))
    #expect(throws: Errno.connectionReset) { try get(9, from: server) }
  }

  @Test("a socket that is not connected has no peer and cannot be shut down")
  func notConnected() throws {
    let socket = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { release(socket) }

    #expect(throws: Errno.socketNotConnected) { try Linux.remoteAddress(of: socket) }
    #expect(throws: Errno.socketNotConnected) { try Linux.shutdown(socket, .both) }
  }

  @Test("an upper protocol that the kernel does not have is ENOENT")
  func unknownUpperProtocol() throws {
    let (client, server) = try connected()
    defer { release(client, server) }

    #expect(throws: Errno.noSuchFileOrDirectory) { try Linux.setUpperProtocol(of: client, to: "no-such-ulp") }
  }

  @Test("a datagram keeps its bounds, a seqpacket socket knows its type")
  func otherTypes() throws {
    let datagrams = try Linux.socketPair(SocketType.datagram)
    let packets = try Linux.socketPair(SocketType.seqpacket)
    defer { release(datagrams.0, datagrams.1, packets.0, packets.1) }
    try put([1, 2], into: datagrams.0)
    try put([3], into: datagrams.0)

    #expect(try get(9, from: datagrams.1) == [1, 2])
    #expect(try get(9, from: datagrams.1) == [3])
    #expect(try Linux.option(.type, of: datagrams.0) == Int(SocketType.datagram))
    #expect(try Linux.option(.type, of: packets.0) == Int(SocketType.seqpacket))
  }
}
