import CoreMetrics
import LinuxCalls
import Millrace
import Reactors
import Synchronization
import SystemPackage
import Testing

@testable import MillraceServices

/// A connection has an upstream, and its bytes are about to be copied, beside a mirror.
@Suite("A connection that ends before its bytes begin", .timeLimit(.minutes(8)))
struct EarlyEndTests {
  private let log = LogCapture()

  /// A mirror that says of each connection how it ended: nil is well.
  private func mirror() throws -> (server: TestServer, ends: AsyncStream<Errno?>) {
    let (ends, add) = AsyncStream.makeStream(of: Errno?.self)
    let server = try TestServer { connection in
      do throws(EndpointError) {
        while !(try await connection.read()).isEmpty {}
        add.yield(nil)
      } catch {
        add.yield(error.errno)
      }
    }
    return (server, ends)
  }

  private func pool(_ target: UpstreamTarget) async -> UpstreamPool {
    let pool = UpstreamPool(
      [target], balance: .roundRobin, policy: .init(after: 0, first: 0, most: 0), logger: log.logger)
    _ = await pool.resolve()
    return pool
  }

  /// given a relay that resets what is left in the moment between an upstream's answer and the first byte; when a client comes;
  /// then the mirror's connection is reset with the others, the log says that it got nothing, and nothing is left open.
  @Test("because the relay does is none of the mirror's, whose connection ends with it")
  func aborted() async throws {
    let server = try TestServer.echo()
    let (second, ends) = try mirror()
    let (upstreams, mirrors) = (await pool(server.target), await pool(second.target))
    let reactors = try Reactors(count: 1)
    let reactor = reactors.all[0]
    let abort = AtConnecting()
    let admission = Admission(most: 10, mostPerClient: nil)
    let listener = try Listener.bind(to: .loopback(port: 0), on: reactor)
    let worker = RelayWorker(
      RelayConfiguration(listen: [], upstreams: []), on: reactor, at: [listener], upstreams, admission,
      Mirror(mirrors, ConnectionOptions()), RelayMetrics(abort), log.logger, askForNames: {})
    // On the reactor itself: the next that runs there is this, and then the exchange.
    abort.does { worker.abortAll() }
    Acceptor(on: reactor, at: [listener], admission, whenFull: .wait, for: worker, log.logger, gaveUp: {}).start()

    let error = await #expect(throws: EndpointError.self) {
      let client = try await Connection.connect(to: listener.address)
      defer { client.close() }
      _ = try await client.readAll()
    }
    #expect(error?.errno == .connectionReset)
    let line = await log.connection(0)
    #expect(line["ended"] == "drained")
    // It depends on whether copying had begun.
    #expect(["skipped", "0"].contains(line["mirror"]))
    #expect(line["sent"] == "0")
    #expect(await ends.first { _ in true } == .some(.connectionReset))

    listener.close()
    await admission.waitUntilEmpty()
    for upstream in upstreams.all + mirrors.all { #expect(upstream.openConnections == 0) }
    #expect(try OpenDescriptors.watched(by: reactor) == 1)
    let metrics = await reactor.metrics()
    #expect(metrics.timers == 0 && metrics.tasks.waiting == 0)
    abort.does {}
    await reactors.shutdown()
    await server.end()
    await second.end()
  }

  /// given a relay that waits for an upstream's answer; when its client breaks off meanwhile, and the answer comes; then the
  /// upstream and the mirror have no byte, and the mirror does not take that for all there was.
  @Test("because its client broke off is reset at the mirror, too")
  func clientIsGone() async throws {
    let silent = try Silent()
    let (second, ends) = try mirror()
    try await RelayRig.run(
      to: [silent.target],
      {
        $0.connectTimeout = .seconds(3600)
        $0.mirror = second.target.address
      }
    ) { rig in
      try await rig.connect().reset()
      let upstream = try await silent.answer()
      let line = await rig.log.connection(0)
      #expect(line["ended"] == "reset by client")
      #expect(line["mirror"] == "0")
      #expect(line["sent"] == "0")
      #expect(await ends.first { _ in true } == .some(.connectionReset))
      #expect(try await upstream.readAll().isEmpty)
      upstream.close()
    }
    silent.stop()
    await second.end()
  }
}

/// Metrics that nobody keeps, and that do something when an upstream has taken a connection: on its reactor, at once.
private final class AtConnecting: MetricsFactory {
  private let action = Guarded<@Sendable () -> Void>({})
  private let none = NOOPMetricsHandler.instance

  private final class Hook: TimerHandler {
    let owner: AtConnecting
    init(of owner: AtConnecting) { self.owner = owner }
    func recordNanoseconds(_ duration: Int64) { owner.action.withLock { $0 }() }
  }

  func does(_ what: @escaping @Sendable () -> Void) { action.withLock { $0 = what } }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    label == "millrace_relay_connect_seconds" ? Hook(of: self) : none
  }
  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { none }
  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler { none }
  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { none }
  func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    none
  }
  func destroyTimer(_ handler: any TimerHandler) {}
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
}
