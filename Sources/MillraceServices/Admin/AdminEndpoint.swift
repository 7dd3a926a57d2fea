import CoreMetrics
import LinuxCalls
import Logging
import Millrace
import MillraceHTTP
import Reactors

/// A second, small server of a service, on an address and a thread of its own: what the service does is told even while its
/// reactors are busy.
final class AdminEndpoint: Sendable {
  private let reactors: Reactors
  private let posts: ListeningPosts
  private let admission: Admission
  private let host: HTTPHost
  /// Scrapers and a few people.
  private static let mostConnections = 64

  /// Listens at `address`, and answers from now on. Throws as `Relay.bind()` does.
  ///
  /// - Parameter mayShare: the port may be somebody else's as well. Otherwise that is worth a warning, and no more: a process that
  ///   drains has its endpoint to the end, and must not keep the next one from its work.
  init(
    _ address: ServiceAddress, mayShare: Bool, of subject: any AdminSubject, _ prometheus: PrometheusMetrics?,
    _ logger: Logger
  ) async throws {
    reactors = try Reactors(count: 1, blockingThreads: 2)
    do {
      posts = try await Self.bind(address, mayShare: mayShare, on: reactors, logger)
    } catch {
      await reactors.shutdown()
      throw error
    }
    let reactor = reactors.all[0]
    admission = Admission(most: Self.mostConnections, mostPerClient: nil)
    // Who looks at a service is none of its clients: neither in its log nor in its metrics.
    let silent = Logger(label: "millrace.admin") { _ in SwiftLogNoOpLogHandler() }
    host = HTTPHost(
      AdminHandler(of: subject, prometheus, on: reactor), on: reactor, at: posts.byReactor[0], admission,
      HTTPMetrics(NOOPMetricsHandler.instance), silent, limits: HeadLimits(), times: HTTPTimes(), rates: nil,
      service: "admin")
    Acceptor(on: reactor, at: posts.byReactor[0], admission, whenFull: .wait, for: host, logger, gaveUp: {}).start()
    logger.info("admin endpoint", metadata: ["listeners": .array(posts.addresses.map { "\($0)" })])
  }

  private static func bind(
    _ address: ServiceAddress, mayShare: Bool, on reactors: Reactors, _ logger: Logger
  ) async throws -> ListeningPosts {
    func posts(sharing: Bool) async throws -> ListeningPosts {
      try await ListenerBinder(
        options: ConnectionOptions(), reactors: reactors, inherited: nil, reusesPort: sharing
      ).bind([address])
    }
    do {
      return try await posts(sharing: mayShare)
    } catch let error as EndpointError where error.errno == .addressInUse && !mayShare {
      guard let shared = try? await posts(sharing: true) else { throw error }
      logger.warning(
        "another process answers at the admin endpoint's port, too: who asks gets the one or the other",
        metadata: ["address": "\(address)"])
      return shared
    }
  }

  var addresses: [Address] { posts.addresses }

  /// Ends it: the service has ended.
  func end() async {
    posts.end(atOnce: true)
    admission.close()
    host.abortAll()
    await admission.waitUntilEmpty()
    await reactors.shutdown()
  }
}
