import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("Connecting", .serialized)
struct ConnectingTests {
  @Test("to a port where nobody listens is refused, in one sentence")
  func refused() async throws {
    // Bound and not listening: a port that is let go may be another test's listener's a moment later.
    let taken = try Linux.socket(SocketFamily.v4, SocketType.stream)
    defer { try? Linux.close(taken) }
    try Linux.bind(taken, to: Address.loopback(port: 0).raw)
    let address = Address(raw: try Linux.localAddress(of: taken))

    let error = await #expect(throws: EndpointError.self) { try await Connection.connect(to: address) }

    #expect(error?.errno == .connectionRefused)
    #expect(error?.description == "cannot connect to \(address): Connection refused")
  }

  @Test("to a path where nobody listens says what is wrong with it")
  func unixPaths() async throws {
    let folder = try TempFolder()
    try folder.write([], to: "file")
    for (name, errno) in [("nothing", Errno.noSuchFileOrDirectory), ("file", .connectionRefused)] {
      let address = try #require(Address(path: folder(name)))
      let error = await #expect(throws: EndpointError.self) { try await Connection.connect(to: address) }
      #expect(error?.errno == errno)
      #expect(error?.subject == "unix:\(folder(name))")
    }
  }

  @Test("by name finds the address in the blocking pool, and tells a wrong name from a refusal")
  func byName() async throws {
    let listener = try Listener.bind(to: .loopback(port: 0))
    let port = try #require(listener.address.port)
    let connection = try await Connection.connect(host: "localhost", port: port)
    let accepted = try await listener.accept()
    #expect(connection.remoteAddress == listener.address)
    #expect(accepted.remoteAddress == connection.localAddress)
    for end in [connection, accepted] { end.close() }
    listener.close()

    let refused = await #expect(throws: EndpointError.self) {
      try await Connection.connect(host: "localhost", port: port)
    }
    #expect(refused?.errno == .connectionRefused)
    // A label has at most 63 bytes (RFC 1035 §2.3.4), so no server is asked.
    let noSuchName = String(repeating: "a", count: 64) + ".invalid"
    let unknown = await #expect(throws: EndpointError.self) {
      try await Connection.connect(host: noSuchName, port: 1)
    }
    #expect(unknown?.action == "find")
    #expect(unknown?.errno == nil)
  }

  @Test("sets the options that were asked for")
  func options() async throws {
    var options = ConnectionOptions()
    options.noDelay = false
    options.keepAliveIdle = .seconds(77)
    let listener = try Listener.bind(to: .loopback(port: 0))
    let plain = try await Connection.connect(to: listener.address)
    let special = try await Connection.connect(to: listener.address, options: options)
    func option(_ option: SocketOption, _ connection: Connection) throws -> Int {
      try Linux.option(option, of: connection.fileDescriptor.rawValue)
    }

    #expect(try option(.noDelay, plain) == 1)
    #expect(try option(.keepAlive, plain) == 0)
    #expect(try option(.noDelay, special) == 0)
    #expect(try option(.keepAlive, special) == 1)
    #expect(try option(.keepAliveIdle, special) == 77)
    for end in [plain, special] { end.close() }
    listener.close()
  }

  /// given a system whose congestion control paces what it sends (BBR); when both ends are on the loopback; then they do
  /// without, for there pacing costs more than moving the bytes.
  @Test("does not pace over the loopback, unless that was asked for")
  func congestion() async throws {
    let probe = try Linux.socket(SocketFamily.v4, SocketType.stream)
    let system = try Linux.congestionControl(of: probe)
    try Linux.close(probe)
    let listener = try Listener.bind(to: .loopback(port: 0))
    var options = ConnectionOptions()
    options.congestionControl = system
    let plain = try await Connection.connect(to: listener.address)
    let named = try await Connection.connect(to: listener.address, options: options)
    let accepted = try await listener.accept()
    func control(_ connection: Connection) throws -> String {
      try Linux.congestionControl(of: connection.fileDescriptor.rawValue)
    }

    #expect(try control(plain) == (system.hasPrefix("bbr") ? "reno" : system))
    #expect(try control(accepted) == control(plain))
    #expect(try control(named) == system)
    options.congestionControl = "nosuchthing"
    let error = await #expect(throws: EndpointError.self) {
      try await Connection.connect(to: listener.address, options: options)
    }
    #expect(error?.errno == .noSuchFileOrDirectory)
    for end in [plain, named, accepted] { end.close() }
    listener.close()
  }

  @Test(
    "knows the loopback",
    arguments: [
      ("127.0.0.1:1", true), ("127.9.8.7:1", true), ("128.0.0.1:1", false), ("10.127.0.1:1", false), ("[::1]:1", true),
      ("[::]:1", false), ("[::ffff:127.0.0.1]:1", true), ("[::ffff:128.0.0.1]:1", false), ("[fe80::1]:1", false),
    ])
  func loopback(_ text: String, _ isLoopback: Bool) throws {
    #expect(try #require(Address(text)).isLoopback == isLoopback)
  }

  /// Errors that only the network gives.
  @Test(
    "fails with what the network says",
    arguments: [
      Errno.noRouteToHost, .networkUnreachable, .connectionReset, .timedOut,
    ])
  func networkErrors(_ errno: Errno) async throws {
    try await Rig.onReactor { reactor in
      let full = try FullBacklog()
      // Those that fill the backlog wait, too.
      let fillers = try full.waiting()
      let connecting = reactor.task { try await Connection.connect(to: full.address, timeout: .seconds(20)) }
      try await Rig.untilWaiting(on: reactor)
      let waiting = try full.waiting().subtracting(fillers)
      let fd = try #require(Descriptors.open().first { waiting.contains($0.value) }?.key)
      let fault = Faults.shared.arm(.init(.socketOption, on: fd, .error(errno)))
      defer { Faults.shared.disarm(fault) }
      shutdown(fd, Int32(SHUT_RDWR))

      let error = await #expect(throws: EndpointError.self) { try await connecting.value }
      #expect(error?.errno == errno)
    }
  }
}

/// A name with several addresses: /etc/hosts is replaced for a process of the test's own.
@Suite("Connecting to a name with several addresses", .enabled("only root may mount", { getuid() == 0 }))
struct SeveralAddressesTests {
  @Test("goes on to the next when one refuses, or has not answered for a quarter of a second")
  func nextOne() async {
    await #expect(processExitsWith: .success) {
      let reactor = try SeveralAddresses.reactor(
        hosts: "127.0.0.1 many.test\n127.0.0.2 many.test\n127.0.0.3 many.test\n")
      try await reactor.task {
        // Given a first address that refuses, a second that never answers, and a third that accepts.
        let full = try FullBacklog(Address(v4: 127, 0, 0, 2, port: 0))
        let port = full.address.port ?? 0
        let listener = try Listener.bind(to: Address(v4: 127, 0, 0, 3, port: port))
        let clock = ContinuousClock()

        let start = clock.now
        let connection = try await Connection.connect(host: "many.test", port: port)

        #expect(connection.remoteAddress == listener.address)
        #expect(clock.now - start >= .milliseconds(250))
        #expect(clock.now - start < .seconds(2))

        // And when none answers, the last failure is told, or the time is up.
        listener.close()
        let error = await #expect(throws: EndpointError.self) {
          try await Connection.connect(host: "many.test", port: port, timeout: .milliseconds(400))
        }
        #expect(error?.errno == .timedOut || error?.errno == .connectionRefused)
        let refused = await #expect(throws: EndpointError.self) {
          try await Connection.connect(host: "many.test", port: 1)
        }
        #expect(refused?.errno == .connectionRefused)
        let metrics = await reactor.metrics()
        #expect(metrics.timers == 0)
      }.value
    }
  }
}

enum SeveralAddresses {
  /// A reactor whose threads see another /etc/hosts.
  static func reactor(hosts: String) throws -> Reactor {
    let folder = try TempFolder()
    let path = try folder.write(Array(hosts.utf8), to: "hosts")
    try SmallDisk.enterPrivateMounts()
    // MS_BIND, mount(2)
    guard mount(path, "/etc/hosts", nil, 4096, nil) == 0 else { throw PlainFailure(call: "mount") }
    return try Reactors(count: 1).all[0]
  }
}
