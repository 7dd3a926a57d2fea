import Foundation
import Millrace
import Testing

@Suite("millrace relay: no descriptors left", .timeLimit(.minutes(8)))
struct DescriptorLimitTests {
  private static let prlimit = ["/usr/bin/prlimit", "/bin/prlimit"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private func arguments(_ server: EchoServer, _ more: String...) -> [String] {
    ["relay", "--reactors", "1", "--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:\(server.port)"] + more
  }

  /// given a relay that may have some descriptors more, and clients who need more than those, two each; when each client that
  /// has its answer leaves; then all of them have had one, none was reset, and the upstream was not blamed. What comes free is
  /// for those that were let in already, and not for yet others.
  @Test(
    "serves who waits when others leave", .enabled("there is no prlimit(1)", { Self.prlimit != nil }),
    arguments: [(room: 6, clients: 4), (5, 8), (3, 6)])
  func atTheLimit(room: Int, clients: Int) async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let (relay, log) = try LogLines.start(arguments(server, "--connect-timeout", "1h"), in: place)
    let address = Address.loopback(port: try await log.port())
    let limit = try lower(relay, room: room)

    let (served, add) = AsyncStream.makeStream(of: Connection?.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<clients {
        let client = try await Connection.connect(to: address)
        try await client.write([UInt8(number)])
        group.addTask {
          let answer = try? await client.read()
          #expect(answer == [UInt8(number)])
          add.yield(client)
        }
      }
      // Nothing tells of another process's descriptors.
      #expect(try await relay.wait(until: { (try? self.descriptors(of: relay).count { $0 < limit }) == limit }))
      var count = 0
      for await client in served {
        client?.close()
        count += 1
        if count == clients { break }
      }
      try await group.waitForAll()
    }
    #expect(!relay.hasEnded)
    relay.send(SIGTERM)
    #expect(await relay.result().status == 0)
    let lines = await log.rest()
    #expect(lines.count { $0.contains("relayed") && $0.contains("ended=\"client closed\"") } == clients, "\(lines)")
    #expect(!lines.contains { $0.contains("gets no connections") || $0.contains(" error ") }, "\(lines)")
    server.stop()
  }

  /// given a relay with no more descriptors than it takes to start; then it serves one client after the other.
  @Test("serves one after the other where there are descriptors for one")
  func fewFromTheStart() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let (relay, log) = try LogLines.start(
      arguments(server), through: ["/bin/sh", "-c", "ulimit -n 40 && exec \"$@\"", "sh"], in: place)
    #expect(try await log.next(with: "limits").contains("connections=1 descriptors=40"))
    let port = try await log.port()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { try await server.talk(through: port) } }
      try await group.waitForAll()
    }
    relay.send(SIGTERM)
    #expect(await relay.result().status == 0)
    #expect(await log.rest().count { $0.contains("ended=\"client closed\"") } == 20)
    server.stop()
  }

  /// given a kernel that refuses to accept three times, for there are no descriptors left; when a client comes; then it is served,
  /// and between two attempts the relay waited: it does not ask again and again.
  @Test(
    "does not try again without a pause", .enabled("strace cannot trace here", { Injected.isPossible }),
    arguments: ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"])
  func pauses(errno: String) async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let trace = place.captured("trace")
    let strace = Injected.command(
      "accept4:error=\(errno):when=1..3", trace: trace, also: ["epoll_pwait2", "epoll_wait"])
    let (relay, log) = try LogLines.start(arguments(server), through: strace, in: place)
    let port = try await log.port()
    try await server.talk(through: port)
    #expect(try await log.next(with: "relayed").contains("ended=\"client closed\""))
    // strace passes no signals on.
    for child in try children(of: relay) { kill(child, SIGTERM) }
    #expect(await relay.result().status == 0)

    let calls = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
    let refused = try #require(calls.first { $0.contains("(INJECTED)") })
    let reactor = try #require(refused.split(separator: " ").first)
    // What the reactor did after each refusal, up to its next attempt.
    var pauses: [[Substring]] = []
    for call in calls where call.hasPrefix("\(reactor) ") {
      if call.contains("(INJECTED)") {
        #expect(call.contains("accept4") && call.contains(errno), "\(call)")
        pauses.append([])
      } else if !pauses.isEmpty {
        pauses[pauses.count - 1].append(call)
      }
    }
    #expect(pauses.count == 3)
    for pause in pauses {
      // A wait with a time. strace has it in the first or in the second half of a call that others interrupt.
      let waits = pause.prefix { !$0.contains("accept4(") }
      #expect(waits.contains { $0.contains(/tv_nsec=[1-9]|, [1-9][0-9]*\) += 0/) }, "\(pause)")
    }
    server.stop()
  }

  /// Lets it have so many descriptors more than it has; answers below which number they are, for that is what is bounded.
  /// getrlimit(2)
  private func lower(_ relay: Running, room: Int) throws -> Int {
    let taken = Set(try descriptors(of: relay))
    var limit = 0
    var free = 0
    while free < room {
      if !taken.contains(limit) { free += 1 }
      limit += 1
    }
    let command = try Process.run(
      URL(fileURLWithPath: try #require(Self.prlimit)),
      arguments: ["--pid", "\(relay.process.processIdentifier)", "--nofile=\(limit):"])
    command.waitUntilExit()
    try #require(command.terminationStatus == 0)
    return limit
  }

  private func descriptors(of relay: Running) throws -> [Int] {
    let folder = "/proc/\(relay.process.processIdentifier)/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int($0) }
  }

  private func children(of running: Running) throws -> [Int32] {
    let process = running.process.processIdentifier
    let text = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return text.split(separator: " ").compactMap { Int32($0) }
  }
}
