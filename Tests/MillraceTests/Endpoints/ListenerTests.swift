import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A listener")
struct ListenerTests {
  @Test("at port 0 gets one of its own, and says which", arguments: ["127.0.0.1:0", "0.0.0.0:0"])
  func anyPort(_ text: String) async throws {
    let listener = try Listener.bind(to: try #require(Address(text)))
    let port = try #require(listener.address.port)
    #expect(port > 0)
    let client = try await Connection.connect(to: .loopback(port: port))
    let accepted = try await listener.accept()
    #expect(accepted.localAddress == client.remoteAddress)
    for end in [client, accepted] { end.close() }
    listener.close()
  }

  @Test("at an address in use says so in one sentence")
  func inUse() throws {
    let first = try Listener.bind(to: .loopback(port: 0))
    let error = #expect(throws: EndpointError.self) { try Listener.bind(to: first.address) }
    #expect(error?.errno == .addressInUse)
    #expect(error?.description == "cannot listen on \(first.address): Address already in use")
    first.close()
  }

  @Test("at a path accepts, and refuses a path that exists")
  func unixPath() async throws {
    let folder = try TempFolder()
    let address = try #require(Address(path: folder("socket")))
    let listener = try Listener.bind(to: address)
    let client = try await Connection.connect(to: address)
    let accepted = try await listener.accept()
    try await client.write([1, 2])
    #expect(try await accepted.read() == [1, 2])
    for end in [client, accepted] { end.close() }
    listener.close()
    // The path stays, as the documentation says.
    #expect(throws: EndpointError.self) { try Listener.bind(to: address) }
    let nowhere = try #require(Address(path: folder("no folder/socket")))
    #expect(throws: EndpointError.self) { try Listener.bind(to: nowhere) }
  }

  @Test("in the abstract namespace leaves nothing behind")
  func abstract() async throws {
    let address = try #require(Address(path: "@millrace-test-\(UInt64.random(in: 0...UInt64.max))"))
    for _ in 0..<2 {
      var bound: Listener?
      // What another test starts has every descriptor of this process between its fork and its exec, this one too.
      try await Rig.until("the name is free") {
        do throws(EndpointError) { bound = try Listener.bind(to: address) } catch {
          guard error.errno == .addressInUse else { throw error }
        }
        return bound != nil
      }
      let listener = try #require(bound)
      let client = try await Connection.connect(to: address)
      #expect(client.remoteAddress == address)
      client.close()
      listener.close()
    }
  }

  @Test("shares its port with another where both ask for it (SO_REUSEPORT)")
  func reusePort() async throws {
    let first = try Listener.bind(to: .loopback(port: 0), reusePort: true)
    let second = try Listener.bind(to: first.address, reusePort: true)
    #expect(throws: EndpointError.self) { try Listener.bind(to: first.address) }

    // The kernel spreads the connections by a hash: with 64 of them, both listeners get some.
    var clients: [Connection] = []
    for _ in 0..<64 { clients.append(try await Connection.connect(to: first.address)) }
    for listener in [first, second] {
      let accepted = try await listener.accept()
      #expect(accepted.localAddress == first.address)
      accepted.close()
    }
    for client in clients { client.close() }
    first.close()
    second.close()
  }

  @Test("gives its options to what it accepts, and its reactor")
  func options() async throws {
    try await Rig.onReactor { reactor in
      var options = ConnectionOptions()
      options.keepAliveIdle = .seconds(33)
      let listener = try Listener.bind(to: .loopback(port: 0), options: options)
      let client = try await Connection.connect(to: listener.address)
      let accepted = try await listener.accept()
      #expect(accepted.reactor === reactor)
      #expect(try Linux.option(.keepAliveIdle, of: accepted.fileDescriptor.rawValue) == 33)
      for end in [client, accepted] { end.close() }
      listener.close()
    }
  }

  /// given a socket that listens with the options of someone before; when it is taken over with others; then what it accepts
  /// has the new ones and none of the old.
  @Test("that was taken over gives its own options to what it accepts")
  func optionsAfterTaking() async throws {
    let socket = try Linux.socket(SocketFamily.v4, SocketType.stream)
    for option in [SocketOption.keepAlive, .noDelay] { try Linux.setOption(option, of: socket, to: 1) }
    try Linux.bind(socket, to: Address.loopback(port: 0).raw)
    try Linux.listen(socket, backlog: 1)
    var options = ConnectionOptions()
    options.noDelay = false
    let listener = try Listener(taking: FileDescriptor(rawValue: socket), options: options)
    let client = try await Connection.connect(to: listener.address)
    let accepted = try await listener.accept()
    let number = accepted.fileDescriptor.rawValue
    #expect(try Linux.option(.keepAlive, of: number) == 0)
    #expect(try Linux.option(.noDelay, of: number) == 0)
    for end in [client, accepted] { end.close() }
    listener.close()
  }

  @Test("that is closed accepts no more")
  func closed() async throws {
    // Where no other test listens, to whom its port might go.
    let listener = try Listener.bind(to: Address(v4: 127, 83, 1, 1, port: 0))
    listener.close()
    await #expect(throws: EndpointError.self) { try await listener.accept() }
    await #expect(throws: EndpointError.self) { try await Connection.connect(to: listener.address) }
  }

  /// given two that wait, and one who accepts already or not; when it is to close once nobody waits; then both are accepted,
  /// and then it is closed.
  @Test("that is to close when nobody waits gives the backlog first")
  func closeWhenEmpty() async throws {
    let listener = try Listener.bind(to: .loopback(port: 0))
    var clients: [Connection] = []
    for _ in 0..<2 { clients.append(try await Connection.connect(to: listener.address)) }
    listener.closeWhenEmpty()
    for client in clients { #expect(try await listener.accept().remoteAddress == client.localAddress) }
    let error = await #expect(throws: EndpointError.self) { _ = try await listener.accept() }
    #expect(error?.errno == .badFileDescriptor)
    for client in clients { client.close() }
  }

  @Test("that is to close when nobody waits ends who waits for the next")
  func closeWhileAccepting() async throws {
    for _ in 0..<200 {
      let listener = try Listener.bind(to: .loopback(port: 0))
      let accepting = Task { try await listener.accept() }
      await Task.yield()
      listener.closeWhenEmpty()
      await #expect(throws: EndpointError.self) { _ = try await accepting.value }
    }
  }
}
