import CoreMetrics
import Glibc
import LinuxCalls
import Logging
import Millrace
import Reactors
import ServiceLifecycle
import Testing

@testable import MillraceServices

/// A relay that runs while a test looks on.
struct RelayRig: Sendable {
  let relay: Relay
  let log: LogCapture
  let addresses: [Address]
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  /// Runs `body` beside a relay, shuts that down, and looks that nothing is left.
  static func run(
    listen: [ServiceAddress] = [.tcp(host: "127.0.0.1", port: 0)], to upstreams: [UpstreamTarget], reactors: Int = 1,
    inheriting inherited: InheritedListeners? = nil, _ change: (inout RelayConfiguration) -> Void = { _ in },
    logLevel: Logger.Level = .trace, metrics: any MetricsFactory = NOOPMetricsHandler.instance,
    _ body: (RelayRig) async throws -> Void
  ) async throws {
    var configuration = RelayConfiguration(listen: listen, upstreams: upstreams)
    configuration.drainTimeout = .seconds(170)
    change(&configuration)
    let group = try Reactors(count: reactors)
    let rig: RelayRig
    do { rig = try await RelayRig(configuration, on: group, logLevel, metrics, inherited) } catch {
      await group.shutdown()
      throw error
    }
    do { try await body(rig) } catch {
      await rig.cancel()
      await group.shutdown()
      throw error
    }
    try await rig.shutDown()
    try await group.expectNothingLeft()
    for upstream in rig.relay.pool.all + (rig.relay.mirror?.pool.all ?? []) {
      #expect(upstream.openConnections == 0, "a connection to \(upstream.address) is still counted")
    }
    await group.shutdown()
  }

  private init(
    _ configuration: RelayConfiguration, on reactors: Reactors, _ level: Logger.Level, _ metrics: any MetricsFactory,
    _ inherited: InheritedListeners?
  ) async throws {
    let log = LogCapture()
    var logger = log.logger
    logger.logLevel = level
    let relay = Relay(
      configuration, logger: logger, metrics: metrics, reactors: reactors, inheriting: inherited)
    addresses = try await relay.bind()
    let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
    let group = ServiceGroup(services: [relay], logger: quiet)
    running = Task { try await group.run() }
    (self.relay, self.log, self.group) = (relay, log, group)
  }

  var address: Address { addresses[0] }

  func connect() async throws -> Connection { try await Connection.connect(to: address) }

  /// A client that is not wanted is reset: as early as in connecting, or when it reads.
  func expectReset() async {
    let error = await #expect(throws: EndpointError.self) {
      let client = try await connect()
      defer { client.close() }
      _ = try await client.readAll()
    }
    #expect(error?.errno == .connectionReset)
  }

  func beginShutDown() async { await group.triggerGracefulShutdown() }

  func shutDown() async throws {
    await group.triggerGracefulShutdown()
    try? await running.value
  }

  func cancel() async {
    running.cancel()
    _ = await running.result
  }
}

/// Something to relay to: every connection is given to `serve`.
final class TestServer: Sendable {
  let address: Address
  private let listener: Listener
  private let serving: Task<Void, Never>

  init(
    at address: Address = .loopback(port: 0), options: ConnectionOptions = ConnectionOptions(),
    _ serve: @escaping @Sendable (Connection) async throws -> Void
  ) throws {
    let listener = try Listener.bind(to: address, options: options)
    self.listener = listener
    self.address = listener.address
    serving = Task {
      await withDiscardingTaskGroup { group in
        while let client = try? await listener.accept() {
          group.addTask {
            try? await serve(client)
            client.close()
          }
        }
      }
    }
  }

  /// Sends back what comes, and then the end.
  static func echo() throws -> TestServer {
    try TestServer { connection in
      while true {
        let bytes = try await connection.read()
        if bytes.isEmpty { return try connection.finishWriting() }
        try await connection.write(bytes)
      }
    }
  }

  var target: UpstreamTarget {
    UpstreamTarget(
      address.path.map { .unix(path: $0) } ?? .tcp(host: address.host ?? "127.0.0.1", port: address.port ?? 0))
  }

  func stop() { listener.close() }

  /// The same, and until the last of its connections is closed.
  func end() async {
    stop()
    await serving.value
  }
}

extension Connection {
  /// Reads to the end of the stream.
  func readAll() async throws -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let more = try await read(upTo: 1 << 20)
      if more.isEmpty { return all }
      all += more
    }
  }
}

/// Bytes of which no piece stands where another one could: blocks that do not repeat, each with its number in front. Made
/// quickly even without optimisation, for the threads of the tests are few.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  var block = (0..<min(count, 65_521)).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state >> 24)
  }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count)
  while bytes.count < count {
    let number = bytes.count / 65_521
    for (place, shift) in zip(block.indices, [0, 8, 16]) { block[place] ^= UInt8(truncatingIfNeeded: number >> shift) }
    bytes += block.prefix(count - bytes.count)
  }
  return bytes
}

/// Whether every byte is the same; quick even without optimisation.
func isSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  one.withUnsafeBytes { one in
    other.withUnsafeBytes { other in
      guard let here = one.baseAddress, let there = other.baseAddress else { return one.count == other.count }
      return one.count == other.count && memcmp(here, there, one.count) == 0
    }
  }
}
