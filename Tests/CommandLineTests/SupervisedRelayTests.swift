import Foundation
import Glibc
import LinuxCalls
import Millrace
import Synchronization
import Testing

@Suite("millrace relay: supervised", .timeLimit(.minutes(8)))
struct SupervisedRelayTests {
  /// A socket that listens, as a supervisor opens it.
  private func listening(at address: Address) throws -> (number: Int32, address: Address) {
    let number = try Linux.socket(address.raw.family, SocketType.stream)
    try Linux.bind(number, to: address.raw)
    try Linux.listen(number, backlog: 100)
    return (number, Address(raw: try Linux.localAddress(of: number)))
  }

  /// Starts the program with these descriptors as its own from 3 on, and its words in the file "err".
  private func start(
    with sockets: [Int32], _ arguments: [String], in place: Scratch
  ) throws -> Supervised {
    let script = "cd \"$0\" && LISTEN_PID=$$ LISTEN_FDS=\(sockets.count) exec \"$@\" 2>err"
    let words = ["sh", "-c", script, place.url.path, Program.path, "relay"] + arguments
    let high = try sockets.map { try Linux.duplicate($0, from: 64) }
    defer { for number in high + sockets { try? Linux.close(number) } }
    return Supervised(
      process: try Linux.spawn(
        "/bin/sh", arguments: words.flatMap { Array($0.utf8) + [0] }, environment: Array("PATH=/bin\0".utf8),
        descriptors: high), place: place)
  }

  /// given a client that connects before the program is there, to a socket of its supervisor's; when the program is started
  /// with it, with the addresses configured or not; then the client is served, and the path stays when the program has ended.
  @Test("listens at the sockets that it is given", arguments: [true, false])
  func activation(isConfigured: Bool) async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let path = place.path("socket")
    let tcp = try listening(at: .loopback(port: 0))
    let unix = try listening(at: try #require(Address(path: path)))
    let port = try #require(tcp.address.port)
    let early = try await Connection.connect(to: tcp.address)
    try await early.write([7])
    let listen = isConfigured ? ["--listen", "unix:\(path)", "--listen", "tcp://127.0.0.1:\(port)"] : []
    let relay = try start(
      with: [tcp.number, unix.number], listen + ["--reactors", "2", "--to", "tcp://127.0.0.1:\(server.port)"],
      in: place)
    #expect(try await early.read() == [7])
    early.close()
    try await server.talk(through: port)
    let other = try await Connection.connect(to: unix.address)
    try await other.write([8])
    #expect(try await other.read() == [8])
    other.close()
    kill(relay.process, SIGTERM)
    #expect(try await relay.end() == .exited(status: 0), "\(relay.log)")
    #expect(place.names == ["err", "socket"])
    server.stop()
  }

  @Test("closes what it is given and does not want, and says where that was")
  func unwanted() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let tcp = try listening(at: .loopback(port: 0))
    let relay = try start(
      with: [tcp.number], ["--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:1", "--reactors", "1"], in: place)
    #expect(tcp.address.port != nil)
    try await relay.wait(until: { relay.log.contains("relaying") })
    // An address that leaves the port to the kernel takes what it finds.
    #expect(relay.log.contains("relaying listeners=\(tcp.address)\n"), "\(relay.log)")
    kill(relay.process, SIGTERM)
    #expect(try await relay.end() == .exited(status: 0))
    let lonely = try listening(at: .loopback(port: 0))
    let second = try start(
      with: [lonely.number], ["--listen", "unix:@millrace-lonely-\(lonely.number)", "--to", "tcp://127.0.0.1:1"],
      in: place)
    try await second.wait(until: { second.log.contains("was closed address=\(lonely.address)\n") })
    kill(second.process, SIGTERM)
    #expect(try await second.end() == .exited(status: 0))
    server.stop()
  }

  @Test("says in one sentence what is wrong with what it is given")
  func wrong() async throws {
    let place = try Scratch()
    let file = try Linux.open("/dev/null", .read)
    let relay = try start(with: [file], ["--to", "tcp://127.0.0.1:1"], in: place)
    #expect(try await relay.end() == .exited(status: 1))
    #expect(
      relay.log.hasPrefix("millrace: descriptor 3, which was passed on to this process (LISTEN_FDS), is no socket"))
  }

  /// given a manager that listens to it; when the relay starts, reads its upstreams again, is succeeded and ends with a
  /// connection left; then the manager is told each of these, in this order, and once who the service is now.
  @Test("tells its manager what it does, in order")
  func notifies() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let manager = try Datagrams(at: place.path("notify"))
    let relay = try await Generations(
      ["--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:\(server.port)", "--reactors", "1"],
      environment: ["NOTIFY_SOCKET": place.path("notify")], in: place)
    let port = try relay.port()
    let status = "STATUS=relaying at 127.0.0.1:\(port)"
    #expect(try await manager.next() == "READY=1\n\(status)")
    relay.send(SIGHUP)
    let reloading = try await manager.next()
    #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    let time = try #require(Int64(reloading.split(separator: "=").last ?? ""))
    #expect(time > 0 && time * 1000 <= Linux.now)
    #expect(try await manager.next() == "READY=1")
    try await relay.upgrade()
    #expect(try await manager.next() == "READY=1\n\(status)\nMAINPID=\(relay.current)")
    // The one that the manager knows says so, too, and nothing after that.
    #expect(try await manager.next() == "MAINPID=\(relay.current)")
    try await relay.end(of: relay.processes[0])
    let client = try await Connection.connect(to: .loopback(port: port))
    try await client.write([1])
    #expect(try await client.read() == [1])
    relay.send(SIGTERM)
    #expect(try await manager.next() == "STOPPING=1\nSTATUS=draining 1 connection")
    client.close()
    try await relay.end(of: relay.current)
    #expect(try manager.waiting() == nil)
    server.stop()
  }

  @Test("gives signs of life when its manager wants them, before and after it was succeeded")
  func watchdog() async throws {
    let place = try Scratch()
    let manager = try Datagrams(at: place.path("notify"))
    let relay = try await Generations(
      ["--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:1", "--reactors", "2"],
      environment: ["NOTIFY_SOCKET": place.path("notify"), "WATCHDOG_USEC": "500000"], in: place)
    func told(_ condition: ([String]) -> Bool) async throws {
      var all: [String] = []
      while !condition(all) { all.append(try await manager.next()) }
    }
    let alive = "WATCHDOG=1"
    try await told { $0.count(where: { $0 == alive }) >= 3 }
    let successor = try await relay.begin()
    try await told { $0.contains("MAINPID=\(successor)") }
    try await relay.end(of: relay.processes[0])
    while try manager.waiting() != nil {}
    try await told { $0.count(where: { $0 == alive }) >= 3 }
    try await relay.end()
  }
}

/// A relay with sockets of a supervisor's.
private final class Supervised: Sendable {
  let process: Int32
  private let place: Scratch
  private let outcome = Outcome()

  private final class Outcome: Sendable {
    let end = Guarded<ProcessEnd?>(nil)
  }

  init(process: Int32, place: Scratch) {
    self.process = process
    self.place = place
    // Reaped at once, and by a thread of its own: the threads of the tests are few, and what waits for exit tests spins for as
    // long as somebody else's child is not reaped.
    Thread.detachNewThread { [outcome] in
      let end = try? Linux.wait(for: process)
      outcome.end.withLock { $0 = end }
    }
    // A hang is a failure, not a wait for ever.
    DispatchQueue.global().asyncAfter(deadline: .now() + 30) { [outcome] in
      outcome.end.withLock { if $0 == nil { kill(process, SIGKILL) } }
    }
  }

  var log: String { (try? String(decoding: place.read("err"), as: UTF8.self)) ?? "" }

  func wait(until condition: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(150)
    while !condition() {
      try #require(.now < end, "\(log)")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// How it ended.
  func end() async throws -> ProcessEnd {
    try await wait(until: { outcome.end.withLock { $0 != nil } })
    return try #require(outcome.end.withLock { $0 })
  }
}

/// A datagram socket at a path, as a service manager has one.
private final class Datagrams: Sendable {
  private let number: Int32

  init(at path: String) throws {
    number = try Linux.socket(SocketFamily.unix, SocketType.datagram)
    try Linux.bind(number, to: try #require(Address(path: path)).raw)
  }

  deinit { try? Linux.close(number) }

  /// The message that waits; nil where there is none.
  func waiting() throws -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    do {
      let count = try bytes.withUnsafeMutableBytes { try Linux.receive(number, into: $0) }
      return String(decoding: bytes.prefix(count), as: UTF8.self)
    } catch let error as Errno where error == .wouldBlock {
      return nil
    }
  }

  /// The next message, once there is one.
  func next() async throws -> String {
    let number = number
    let isThere = await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: (try? Linux.wait(for: number, .readable, milliseconds: 20_000)) ?? false)
      }
    }
    try #require(isThere, "nothing was said")
    return try #require(try waiting())
  }
}
