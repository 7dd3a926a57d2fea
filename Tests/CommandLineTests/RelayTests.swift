import Foundation
import Millrace
import Testing

@Suite("millrace relay", .timeLimit(.minutes(8)))
struct RelayTests {
  /// given a relay as a user starts it, between two other programs; when one sends 20 MiB to the other through it; then every
  /// byte arrives, the log names both ends and the routes, and SIGTERM ends it well.
  @Test("carries what one program sends to another, and ends when it is told to")
  func carries() async throws {
    let place = try Scratch()
    let bytes = try place.write("big", noise(20 << 20))
    let receiver = try Running(["copy", "tcp-listen://127.0.0.1:0", "got"], in: place)
    let upstream = try await receiver.listeningPort()
    let (relay, port) = try await startRelay(["--to", "tcp://127.0.0.1:\(upstream)"], in: place)

    let sent = try await Program.run("copy", "big", "tcp://127.0.0.1:\(port)", in: place)
    #expect(sent.status == 0, "\(sent.errors)")
    #expect(await receiver.result().status == 0)
    #expect(try place.read("got") == bytes)
    #expect(try await relay.wait(until: { relay.errors.contains("relayed") }))
    relay.send(SIGTERM)
    let result = await relay.result()
    #expect(result.status == 0)
    let line = try #require(result.errors.split(separator: "\n").first { $0.contains("relayed") })
    for part in ["sent=\(bytes.count)", "splice-through-pipe", "upstream=127.0.0.1:\(upstream)", "ended="] {
      #expect(line.contains(part), "\(line)")
    }
  }

  /// given a relay whose upstreams stand in a file; when the file names another one and SIGHUP comes; then the next connection
  /// goes there.
  @Test("reads its upstreams again at SIGHUP")
  func reload() async throws {
    let place = try Scratch()
    let receiver = try Running(["copy", "tcp-listen://127.0.0.1:0", "got"], in: place)
    let upstream = try await receiver.listeningPort()
    try place.write("relay.yaml", Data("to: tcp://127.0.0.1:1\n".utf8))
    let (relay, port) = try await startRelay(["--config", place.path("relay.yaml")], in: place)
    try place.write("relay.yaml", Data("to: tcp://127.0.0.1:\(upstream)\n".utf8))
    relay.send(SIGHUP)
    #expect(try await relay.wait(until: { relay.errors.contains("upstreams read again") }))
    let bytes = try place.write("small", noise(1000))
    let sent = try await Program.run("copy", "small", "tcp://127.0.0.1:\(port)", in: place)
    #expect(sent.status == 0, "\(sent.errors)")
    #expect(await receiver.result().status == 0)
    #expect(try place.read("got") == bytes)
    // A file that is wrong by now changes nothing.
    try place.write("relay.yaml", Data("to: nowhere\n".utf8))
    relay.send(SIGHUP)
    #expect(try await relay.wait(until: { relay.errors.contains("stays as it was") }))
    relay.send(SIGINT)
    #expect(await relay.result().status == 0)
  }

  /// given a relay whose file names many upstreams that nobody knows; when it reads them again and is told to end; then it
  /// does so without waiting for the resolver.
  @Test("ends when it is told to while it reads its upstreams again")
  func endsWhileReloading() async throws {
    let place = try Scratch()
    try place.write("relay.yaml", Data("to: tcp://127.0.0.1:1\n".utf8))
    let (relay, _) = try await startRelay(["--config", place.path("relay.yaml")], in: place)
    let names = (0..<40).map { "  - tcp://no-such-name-\($0).invalid:1\n" }
    try place.write("relay.yaml", Data(("to:\n" + names.joined()).utf8))
    let start = ContinuousClock.now
    _ = try? await Address.resolve(host: "no-such-name.invalid", port: 1)
    // Forty of these are seconds, and two signals are not.
    let isSlow = ContinuousClock.now - start > .milliseconds(200)
    // The lower number is taken first where both wait. signal(7)
    relay.send(SIGHUP)
    relay.send(SIGTERM)
    let result = await relay.result()
    #expect(result.status == 0)
    // Where the resolver knows at once that there are no such names, the reload may be the first to end.
    for words in isSlow ? ["read again", "no-such-name", "stay as they were"] : ["read again"] {
      #expect(!result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test("says in one sentence what is wrong with how it is started, and ends with 1")
  func mistakes() async throws {
    let place = try Scratch()
    for (arguments, sentence) in [
      (["--listen", "tcp://*:1"], "--to is missing"),
      (["--listen", "nowhere", "--to", "tcp://a:1"], "--listen: 'nowhere'"),
      (["--listen", "tcp://*:1", "--to", "tcp://a:1", "--reactors", "0"], "--reactors: '0' is not right"),
      (["--config", "none.yaml"], "none.yaml: there is no such file"),
    ] {
      let run = try Running(["relay"] + arguments, in: place)
      let result = await run.result()
      #expect(result.status == 1)
      #expect(result.errors.hasPrefix("millrace: ") && result.errors.contains(sentence), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }

  @Test("prints the configuration in full with --check, and does nothing")
  func check() async throws {
    let place = try Scratch()
    let result = try await Program.run(
      "relay", "--check", "--listen", "tcp://*:1", "--to", "tcp://a.example:2", "--idle-timeout", "5s", in: place)
    #expect(result.status == 0)
    #expect(result.text.contains("idle-timeout: 5s  # --idle-timeout\n"))
    #expect(result.text.contains("drain-timeout: 30s  # default"))
  }
}

/// Starts a relay and answers with the port it listens at.
func startRelay(_ arguments: [String], in place: Scratch) async throws -> (Running, port: String) {
  let relay = try Running(["relay", "--reactors", "1", "--listen", "tcp://127.0.0.1:0"] + arguments, in: place)
  try #require(try await relay.wait(until: { relay.errors.contains("relaying listeners=") }), "\(relay.errors)")
  let line = try #require(relay.errors.split(separator: "\n").first { $0.contains("relaying listeners=") })
  return (relay, String(try #require(line.split(separator: ":").last)))
}
