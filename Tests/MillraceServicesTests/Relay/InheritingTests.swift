import Foundation
import LinuxCalls
import Logging
import Millrace
@testable import MillraceServices
import Testing

@Suite("A relay that inherits listening sockets", .timeLimit(.minutes(8)))
struct InheritingTests {
  /// Sockets that listen at one port.
  private func sockets(_ count: Int) throws -> (numbers: [Int32], address: Address) {
    var (numbers, address) = ([Int32](), Address.loopback(port: 0))
    for _ in 0..<count {
      let number = try Linux.socket(SocketFamily.v4, SocketType.stream)
      try Linux.setOption(.reusePort, of: number, to: 1)
      try Linux.bind(number, to: address.raw)
      try Linux.listen(number, backlog: 100)
      address = Address(raw: try Linux.localAddress(of: number))
      numbers.append(number)
    }
    return (numbers, address)
  }

  private func inherited(_ numbers: [Int32]) throws -> InheritedListeners {
    try InheritedListeners(taking: numbers.map { ($0, "web") }, predecessor: nil)
  }

  private func talk(to address: Address) async throws {
    let client = try await Connection.connect(to: address)
    try await client.write([1, 2])
    try client.finishWriting()
    #expect(try await client.readAll() == [1, 2])
    client.close()
  }

  /// given more sockets than reactors, or fewer; when many connect; then whichever socket the kernel gave them to, they are
  /// served.
  @Test("accepts from all of them", arguments: [(1, 3), (3, 1), (3, 2), (2, 2)])
  func all(_ count: Int, _ reactors: Int) async throws {
    let server = try TestServer.echo()
    let (numbers, address) = try sockets(count)
    try await RelayRig.run(
      listen: [.tcp(host: "127.0.0.1", port: try #require(address.port))], to: [server.target], reactors: reactors,
      inheriting: try inherited(numbers)
    ) { rig in
      #expect(rig.addresses == [address])
      for _ in 0..<40 { try await talk(to: address) }
      #expect(rig.log.lines.allSatisfy { $0.level < .warning })
    }
    server.stop()
  }

  @Test("listens at all of them where no address is configured")
  func everything() async throws {
    let server = try TestServer.echo()
    let (first, second) = (try sockets(1), try sockets(2))
    try await RelayRig.run(
      listen: [], to: [server.target], inheriting: try inherited(second.numbers + first.numbers)
    ) { rig in
      #expect(rig.addresses == [second.address, first.address])
      for address in rig.addresses { try await talk(to: address) }
    }
    server.stop()
  }

  /// given an address that it inherits a socket for, one that it does not, and a socket that no address wants; when it listens;
  /// then it binds what is missing, closes what is too much, and says where that was.
  @Test("binds what it did not inherit, and closes what it does not want")
  func mixed() async throws {
    let server = try TestServer.echo()
    let (wanted, other) = (try sockets(1), try sockets(1))
    let name = "@millrace-mixed-\(UInt64.random(in: 0...UInt64.max))"
    let listen: [ServiceAddress] = [
      .unix(path: name), .tcp(host: "127.0.0.1", port: try #require(wanted.address.port)),
    ]
    try await RelayRig.run(
      listen: listen, to: [server.target], reactors: 2, inheriting: try inherited(other.numbers + wanted.numbers)
    ) { rig in
      #expect(rig.addresses[1] == wanted.address)
      for address in rig.addresses { try await talk(to: address) }
      let warning = await rig.log.line(where: { $0.level == .warning })
      #expect(warning["address"] == "\(other.address)")
      let refused = await failure(toConnectTo: other.address)
      #expect(refused?.errno == .connectionRefused)
    }
    server.stop()
  }

  /// given a socket of a predecessor at one address of a port; when the successor is to listen at every address; then it does,
  /// although the predecessor listens still.
  @Test("binds every address of a port where its predecessor has one")
  func wider() async throws {
    let server = try TestServer.echo()
    let old = try Listener.bind(to: .loopback(port: 0))
    try old.sharePort()
    let port = try #require(old.address.port)
    let inherited = try InheritedListeners(
      taking: [(try old.duplicate(from: 0), "millrace-bound")], predecessor: .max)
    try await RelayRig.run(
      listen: [.tcp(host: "0.0.0.0", port: port)], to: [server.target], reactors: 2, inheriting: inherited
    ) { rig in
      let line = await rig.log.line(where: { $0.message.hasPrefix("no longer listening") })
      #expect(line["address"] == "\(old.address)")
      old.close()
      try await talk(to: .loopback(port: port))
    }
    server.stop()
  }

  /// given sockets of a predecessor, of which one is no address any more and has somebody waiting; when the successor takes
  /// over; then the one who waits is served, and after that nobody listens there.
  @Test("serves those who wait where it does not listen any more, and then closes")
  func leaves() async throws {
    let server = try TestServer.echo()
    let (wanted, other) = (try sockets(1), try sockets(1))
    let waiting = try await Connection.connect(to: other.address)
    try await waiting.write([7])
    // No process has this number: nobody is told to end.
    let inherited = try InheritedListeners(
      taking: (wanted.numbers + other.numbers).map { ($0, "millrace-bound") }, predecessor: .max)
    try await RelayRig.run(
      listen: [.tcp(host: "127.0.0.1", port: try #require(wanted.address.port))], to: [server.target], reactors: 2,
      inheriting: inherited
    ) { rig in
      #expect(rig.addresses == [wanted.address])
      let line = await rig.log.line(where: { $0.message.hasPrefix("no longer listening") })
      #expect(line["address"] == "\(other.address)")
      try waiting.finishWriting()
      #expect(try await waiting.readAll() == [7])
      #expect(await failure(toConnectTo: other.address)?.errno == .connectionRefused)
      try await talk(to: wanted.address)
      #expect(try #require(rig.relay.reception.posts).copies().numbers.count == 1, "a successor does not get it")
    }
    server.stop()
  }

  @Test("says what is wrong with a descriptor that is none of them, and closes it")
  func wrong() throws {
    let bound = try Linux.socket(SocketFamily.v4, SocketType.stream)
    try Linux.bind(bound, to: Address.loopback(port: 0).raw)
    let address = Address(raw: try Linux.localAddress(of: bound))
    let cases = [
      (try Linux.open("/dev/null", .read), "is no socket: Socket operation on non-socket"),
      (try Linux.socket(SocketFamily.v4, SocketType.datagram), "is no stream socket"),
      (bound, "does not listen: \(address)"), (Int32(1 << 20), "is not open"),
    ]
    for (number, flaw) in cases {
      let error = #expect(throws: LaunchError.self) { try inherited([number]) }
      #expect(
        error?.description == "descriptor \(number), which was passed on to this process (LISTEN_FDS), \(flaw)")
    }
  }

  @Test("may leave out the addresses in its settings")
  func settings() async throws {
    let settings = try await Settings(
      flags: ["to": ["tcp://a:1"]], environment: [:], file: nil, names: RelaySettings.names)
    #expect(try RelaySettings.read(settings, inheritsListeners: true).configuration.listen.isEmpty)
    #expect(throws: SettingsError.self) { try RelaySettings.read(settings) }
  }

  /// What another test starts has every descriptor of this process between its fork and its exec, and keeps a socket open that
  /// is closed here.
  private func failure(toConnectTo address: Address) async -> EndpointError? {
    while !Task.isCancelled {
      do throws(EndpointError) { try await Connection.connect(to: address).close() } catch { return error }
      try? await Task.sleep(for: .milliseconds(2))
    }
    return nil
  }
}
