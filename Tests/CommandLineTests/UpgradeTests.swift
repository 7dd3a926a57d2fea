import Foundation
import Glibc
import Millrace
import Testing

@Suite("millrace relay: upgraded", .timeLimit(.minutes(8)))
struct UpgradeTests {
  private func relay(
    to server: EchoServer, _ arguments: [String] = [], program: String = Program.path, in place: Scratch
  ) async throws -> Generations {
    try await Generations(
      ["--listen", "tcp://127.0.0.1:0", "--to", "tcp://127.0.0.1:\(server.port)"] + arguments, program: program,
      in: place)
  }

  /// given clients that come and go all the time, at a port and at a path; when the relay is succeeded three times; then each
  /// of them is served with its own bytes, and not one is refused or reset.
  @Test("under load, three times in a row, serves every connection", arguments: [1, 3])
  func underLoad(reactors: Int) async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let relay = try await relay(
      to: server, ["--listen", "unix:\(place.path("socket"))", "--reactors", "\(reactors)"], in: place)
    let addresses = [Address.loopback(port: try relay.port()), try #require(Address(path: place.path("socket")))]
    let isOver = Flag()
    let rounds = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<4 {
        group.addTask {
          var round = 0
          while !isOver.isSet {
            let bytes = Array(noise(1000 + worker, seed: UInt64(worker * 100_000 + round + 1)))
            let client = try await Connection.connect(to: addresses[worker % 2])
            try await client.write(bytes)
            try client.finishWriting()
            let answer = try await client.readAll()
            guard answer == bytes else { throw Wrong(worker: worker, round: round, count: answer.count) }
            client.close()
            round += 1
            // Load, and not all of the machine: other tests run beside this one.
            try await Task.sleep(for: .milliseconds(3))
          }
          return round
        }
      }
      var all = 0
      do {
        for _ in 0..<3 {
          let before = relay.transcript.all.count
          try await relay.upgrade()
          try await relay.transcript.line(with: " relayed ", count: 40, from: before)
        }
      } catch {
        isOver.set()
        throw error
      }
      isOver.set()
      for try await rounds in group { all += rounds }
      return all
    }
    #expect(rounds >= 120)
    #expect(place.names == ["socket"])
    try await relay.end()
    #expect(place.names.isEmpty, "the path is for the last one to remove")
    #expect(relay.lines(" relayed ").count == rounds)
    #expect(relay.lines(" refused ").isEmpty && relay.lines(" warning ").isEmpty, "\(relay.log)")
    server.stop()
  }

  /// given a relay with an admin endpoint; when it is succeeded; then its successor has one at the same port, although the first
  /// one has a client still.
  @Test("shares its admin endpoint's port with the one that drains")
  func admin() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    // An address of the loopback that nobody else has.
    let host = "127.\(UInt8.random(in: 1...254)).\(UInt8.random(in: 1...254)).\(UInt8.random(in: 1...254))"
    let relay = try await relay(to: server, ["--drain-timeout", "1h", "--admin", "tcp://\(host):9100"], in: place)
    let client = try await Connection.connect(to: .loopback(port: try relay.port()))
    try await client.write([1])
    #expect(try await client.read() == [1])
    try await relay.upgrade()
    try await relay.transcript.line(with: "admin endpoint listeners=\(host):9100", count: 2)
    #expect(relay.lines(" warning ").isEmpty, "\(relay.log)")
    client.close()
    try await relay.end()
    server.stop()
  }

  private struct Wrong: Error { var worker, round, count: Int }

  /// given a transfer of which a part has arrived; when the relay is succeeded, twice; then the rest of it comes through the
  /// one that took it, which ends after it.
  @Test("during a transfer, brings it to its end")
  func transfer() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    // However long the two upgrades take beside everything else.
    let relay = try await relay(to: server, ["--drain-timeout", "1h"], in: place)
    let bytes = Array(noise(8 << 20))
    let client = try await Connection.connect(to: .loopback(port: try relay.port()))
    let reading = Task {
      var got: [UInt8] = []
      while got.count < bytes.count { got += try await client.read(upTo: 1 << 20) }
      #expect(try await client.read().isEmpty)
      return Checksum64.of(got)
    }
    try await client.write(Array(bytes[..<1_000_000]))
    try await relay.upgrade()
    try await client.write(Array(bytes[1_000_000..<2_000_000]))
    try await relay.upgrade()
    // The second had nothing to wait for; the first still has.
    try await relay.end(of: relay.processes[1])
    #expect(!Generations.hasEnded(relay.processes[0]))
    try await client.write(Array(bytes[2_000_000...]))
    try client.finishWriting()
    #expect(try await reading.value == Checksum64.of(bytes))
    client.close()
    try await relay.end(of: relay.processes[0])
    try await relay.end()
    server.stop()
  }

  /// given a configuration that is wrong by now; when the relay is to be succeeded; then it says that this came to nothing,
  /// goes on, and is succeeded once the configuration is right.
  @Test("by one that cannot start, goes on as before")
  func broken() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    try place.write("relay.yaml", Data("reactors: 1\n".utf8))
    let relay = try await relay(to: server, ["--config", place.path("relay.yaml")], in: place)
    let port = try relay.port()
    try place.write("relay.yaml", Data("reactors: many\n".utf8))
    let failed = try await relay.begin()
    try await relay.says("the successor ended before it listened")
    relay.forgetLast()
    let line = try #require(relay.lines("the successor ended before it listened").last)
    #expect(line.contains(" error ") && line.contains("end=\"exit status 1\" process=\(failed)"), "\(line)")
    #expect(access("/proc/\(failed)", F_OK) != 0, "it is reaped")
    try await server.talk(through: port)
    try place.write("relay.yaml", Data("reactors: 2\n".utf8))
    try await relay.upgrade()
    try await server.talk(through: port)
    try await relay.end()
    server.stop()
  }

  /// given a program that was replaced by one that hangs; when the relay is to be succeeded; then the successor is killed after
  /// its time, and the relay goes on.
  @Test("by one that hangs, kills it and goes on")
  func hangs() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let program = place.path("millrace")
    try FileManager.default.createSymbolicLink(atPath: program, withDestinationPath: Program.path)
    let relay = try await relay(to: server, ["--upgrade-timeout", "300ms"], program: program, in: place)
    try await Self.replace(program, by: "#!/bin/sh\nexec sleep 60\n")
    let stuck = try await relay.begin()
    try await relay.says("the successor ended before it listened")
    relay.forgetLast()
    try await relay.says("the successor did not listen in time")
    let line = try #require(relay.lines("the successor did not listen in time, and was killed").last)
    #expect(line.contains(" error ") && line.contains("process=\(stuck)"), "\(line)")
    #expect(!relay.lines("end=\"killed by signal 9\" process=\(stuck)").isEmpty, "\(relay.log)")
    try await server.talk(through: try relay.port())
    try await relay.end()
    server.stop()
  }

  /// By a process of its own: what other tests start holds the file open for writing until its exec, and it could not be
  /// executed meanwhile (ETXTBSY).
  private static func replace(_ program: String, by text: String) async throws {
    try FileManager.default.removeItem(atPath: program)
    let (isWritten, written) = AsyncStream.makeStream(of: Void.self)
    let writing = try Process.run(
      URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "printf %s \"$1\" >\"$0\" && chmod 755 \"$0\"", program, text]
    ) { _ in written.finish() }
    for await _ in isWritten {}
    #expect(writing.terminationStatus == 0)
  }

  /// given a program that was replaced by one that does not come to listen; when the relay is to be succeeded twice; then the
  /// second is refused for as long as the first is under way.
  @Test("starts what is at its path by now, and one at a time")
  func oneAtATime() async throws {
    let place = try Scratch()
    let server = try EchoServer()
    let program = place.path("millrace")
    try FileManager.default.createSymbolicLink(atPath: program, withDestinationPath: Program.path)
    let relay = try await relay(to: server, program: program, in: place)
    try await Self.replace(program, by: "#!/bin/sh\necho the new one >&2\nexec sleep 60\n")
    let stuck = try await relay.begin()
    try await relay.says("the new one")
    kill(relay.processes[0], SIGUSR2)
    try await relay.says("one is under way already, process \(stuck)")
    #expect(relay.lines("a successor was started").count == 1)
    kill(stuck, SIGKILL)
    try await relay.says("end=\"killed by signal 9\"")
    relay.forgetLast()
    // A program that is not there at all.
    try FileManager.default.removeItem(atPath: program)
    relay.send(SIGUSR2)
    try await relay.says("No such file or directory")
    try await server.talk(through: try relay.port())
    try await relay.end()
    server.stop()
  }
}
