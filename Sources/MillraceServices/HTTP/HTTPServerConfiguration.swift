import Millrace
public import MillraceHTTP

/// How an HTTP server works, whatever it answers with. Every field has the name of its flag, with capitals for dashes.
public struct HTTPServerConfiguration: Sendable {
  /// Where clients connect; at least one, unless the server inherits sockets.
  public var listen: [ServiceAddress]
  /// Whether it may listen at a port where another process of the same user listens that shares it, as every Millrace server does
  /// (SO_REUSEPORT): the kernel deals clients out to both, until one of them ends. Otherwise the port of another is an error,
  /// EADDRINUSE. Default: false.
  public var reusePort = false
  /// How many reactors, each a thread; nil is one for each core.
  public var reactors: Int?

  /// The most bytes a second that bodies have, in either direction, of one connection. Nil is no bound. Default: nil.
  public var ratePerConnection: Int?
  /// The same of all connections of one client address. Clients over Unix sockets are not counted.
  public var ratePerClient: Int?
  /// The same of all connections.
  public var rate: Int?

  /// How long clients may take.
  public var times = HTTPTimes()
  /// How large a head may be.
  public var limits = HeadLimits()
  /// The idle time before the kernel probes a client (TCP keep-alive); nil leaves that off. Default: 1 min.
  public var keepAliveProbe: Duration? = .seconds(60)

  /// The most bytes of an answer that may wait in the kernel unsent (TCP_NOTSENT_LOWAT); nil is no bound. Default: nil.
  public var unsentLimit: Int?

  /// The most connections at once, in all. Nil is as many as the process has descriptors for. Default: nil.
  public var maxConnections: Int?
  /// The most connections at once from one client address; nil is no bound. Clients over Unix sockets are not counted.
  public var maxConnectionsPerClient: Int?
  /// The most connections accepted in a second, by all reactors together, 1 to 1,000,000; nil is no bound. Default: nil.
  public var maxAcceptRate: Int?
  /// What happens at `maxConnections` and at `maxAcceptRate`. Default: wait.
  public var whenFull = WhenFull.wait

  /// Where it tells what it does, over HTTP: /metrics, /healthz, /readyz, /transfers. Nil is nowhere. Default: nil.
  public var admin: ServiceAddress?
  /// How often metrics that are readings are recorded. Nil is never. Default: 10 s.
  public var metricsInterval: Duration? = .seconds(10)
  /// How long connections may take to end by themselves once the server is to end. Default: 30 s.
  public var drainTimeout = Duration.seconds(30)
  /// How long a successor that the program `millrace` starts (SIGUSR2) may take until it listens. Default: 1 min.
  public var upgradeTimeout = Duration.seconds(60)

  /// Listens at `listen`, with every default.
  public init(listen: [ServiceAddress]) { self.listen = listen }

  var terms: ReceptionTerms {
    var options = ConnectionOptions()
    options.keepAliveIdle = keepAliveProbe
    options.unsentLimit = unsentLimit
    return ReceptionTerms(
      listen: listen, reusePort: reusePort, reactors: reactors, maxConnections: maxConnections,
      maxConnectionsPerClient: maxConnectionsPerClient, maxAcceptRate: maxAcceptRate, whenFull: whenFull,
      drainTimeout: drainTimeout, upgradeTimeout: upgradeTimeout, admin: admin, options: options)
  }

  var rates: HTTPRates? { HTTPRates(perConnection: ratePerConnection, perClient: ratePerClient, all: rate) }
}
