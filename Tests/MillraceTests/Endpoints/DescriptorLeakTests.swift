import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// In a process of its own, where nobody else opens or closes anything.
@Suite("Descriptors")
struct DescriptorLeakTests {
  @Test("are all closed again, whatever became of the copies and calls that used them")
  func noneIsLeft() async {
    await #expect(processExitsWith: .success) {
      // Given everything that is started once: reactors, the pool's threads, the idle pipes of a reactor.
      let group = try Reactors(count: 1)
      let reactor = group.all[0]
      try await reactor.task { try await DescriptorLeaks.everything() }.value
      let before = await DescriptorLeaks.open(on: reactor)

      // When all of it happens again, many times.
      for _ in 0..<10 { try await reactor.task { try await DescriptorLeaks.everything() }.value }

      // Then nothing is left but the pipes that wait for the next copy.
      let giveUp = ContinuousClock.now + .seconds(5)
      while await DescriptorLeaks.open(on: reactor) > before, .now < giveUp { await Task.yield() }
      #expect(await DescriptorLeaks.open(on: reactor) <= before)
    }
  }
}

enum DescriptorLeaks {
  /// How many descriptors are open beside those of idle pipes. The threads of peers may still hold some for a moment.
  static func open(on reactor: Reactor) async -> Int {
    let idle = await reactor.metrics().pipesIdle
    return Descriptors.open().count - 2 * idle
  }

  static func everything() async throws {
    try await copies()
    try await failures()
    try await refusals()
    try await secondSinks()
    try await exchanges()
    try await peers()
    try await files()
    try await lent()
    try await ownEnds()
  }

  private static func copies() async throws {
    for (from, to) in [(EndRole.file, EndRole.tcp), (.tcp, .file), (.unix, .unix), (.pipe, .tcp), (.tcp, .pipe)] {
      let source = try FedSource(from, Pattern.bytes(300_000))
      let sink = try WatchedSink(to)
      _ = try await Rig.attempt(source.endpoint, sink.endpoint).get()
      _ = try await source.rest()
      _ = try await sink.received()
    }
  }

  /// Copies that end with bytes in a leased pipe, with a deadline, with a reset.
  private static func failures() async throws {
    let source = try FedSource(.tcp, Pattern.bytes(2 << 20))
    let (sinkEnd, staller) = try PlainPair.unix(buffer: 4096)
    let sink = try Connection(taking: FileDescriptor(rawValue: sinkEnd))
    let options = CopyOptions(deadline: .now + .milliseconds(20), routes: .only(.pipedSplice))
    guard case .failure = await Rig.attempt(source.endpoint, sink, options) else { throw Missing("no deadline") }
    staller.reset()
    guard case .failure = await Rig.attempt(source.endpoint, sink) else { throw Missing("no reset") }
    sink.close()
    _ = try await source.rest()
  }

  /// Endpoints that are not to be had.
  private static func refusals() async throws {
    let full = try FullBacklog()
    _ = try? await Connection.connect(to: full.address, timeout: .milliseconds(5))
    _ = try? await Connection.connect(to: .loopback(port: 1))
    _ = try? await Connection.connect(host: "localhost", port: 1)
    _ = try? await File.open("/nothing here")
    _ = try? Listener.bind(to: full.address)
    _ = try? PipeEnd.pair(capacity: 1 << 30)
    _ = try? Connection(lending: FileDescriptor(rawValue: 1 << 20))
    let listener = try Listener.bind(to: .loopback(port: 0))
    let client = try await Connection.connect(to: listener.address)
    listener.close()
    _ = try? await client.read()
    // Not closed: the last reference goes here.
    withExtendedLifetime(client) {}
  }
}
