import Millrace

/// How a relay works. Every field has the name of its flag, with capitals for dashes.
public struct RelayConfiguration: Sendable {
  /// Where clients connect; at least one, unless the relay inherits sockets.
  public var listen: [ServiceAddress]
  /// Whether it may listen at a port where another process of the same user listens that shares it, as every Millrace server does
  /// (SO_REUSEPORT): the kernel deals clients out to both, until one of them ends. Otherwise the port of another is an error,
  /// EADDRINUSE. Default: false.
  public var reusePort = false
  /// Where their connections go; at least one.
  public var upstreams: [UpstreamTarget]
  /// How connections are shared out. Default: round robin.
  public var balance = Balance.roundRobin
  /// How many reactors, each a thread; nil is one for each core.
  public var reactors: Int?

  /// How long connecting to one upstream may take before the next one is tried. Default: 5 s.
  public var connectTimeout = Duration.seconds(5)
  /// How long no byte may move in either direction. Nil is for ever. Default: 1 h.
  public var idleTimeout: Duration? = .seconds(3600)
  /// How long no byte may move once one side has finished. Nil is as long as `idleTimeout`. Default: 1 min.
  public var halfClosedTimeout: Duration? = .seconds(60)
  /// The idle time before the kernel probes a peer, on both sides (TCP keep-alive); nil leaves that off. Default: 1 min.
  public var keepAlive: Duration? = .seconds(60)

  /// The most connections at once, in all. Nil is as many as the process has descriptors for. Default: nil.
  public var maxConnections: Int?
  /// The most connections at once from one client address; nil is no bound. Clients over Unix sockets are not counted.
  public var maxConnectionsPerClient: Int?
  /// The most connections accepted in a second, by all reactors together, 1 to 1,000,000; nil is no bound. After a pause a
  /// tenth of that may come at once. Default: nil.
  public var maxAcceptRate: Int?
  /// What happens at `maxConnections` and at `maxAcceptRate`. Default: wait.
  public var whenFull = WhenFull.wait

  /// Networks of proxies whose connections begin with a PROXY header, version 1 or 2, and are reset without one. Others'
  /// are taken as they are. Default: none.
  public var acceptProxyFrom: [Network] = []
  /// How long such a header may take. Default: 5 s.
  public var proxyTimeout = Duration.seconds(5)
  /// What the upstream is told of the client, before its bytes. Default: nothing.
  public var sendProxy = ProxyVersion.none

  /// Failures to connect in a row after which an upstream is left out for a while; 0 never leaves one out. Default: 3.
  public var ejectAfter = 3
  /// For how long at first; twice as long each time it fails again at once. Default: 1 s.
  public var ejectTime = Duration.seconds(1)
  /// For how long at most. Default: 1 min.
  public var maxEjectTime = Duration.seconds(60)
  /// How often every upstream is connected to, to see whether it is there; nil leaves that to clients' connections.
  /// Default: nil.
  public var checkInterval: Duration?
  /// How long such a connection may take. Default: 2 s.
  public var checkTimeout = Duration.seconds(2)
  /// Checks in a row that must succeed before one that is down gets connections again. Default: 2.
  public var checkRise = 2
  /// Checks in a row that must fail before one that is up gets no more. Default: 3.
  public var checkFall = 3
  /// How often names are resolved again; nil only when nobody can be connected to. Default: 30 s.
  public var resolveInterval: Duration? = .seconds(30)

  /// A second place that gets a copy of what clients send, whole connections at a time, and whose answers are thrown away;
  /// nil is none. It holds up nobody: with 1 MiB waiting for it, or failing, it is let go for the rest of that connection, and
  /// the log and the metrics say so. Default: nil.
  public var mirror: ServiceAddress?
  /// How long a client does wait for a mirror that has 1 MiB waiting for it and takes nothing; nil is not at all. With it,
  /// bulk goes at the pace of the slower of the two. Default: nil.
  public var mirrorPatience: Duration?

  /// Where it tells what it does, over HTTP: /metrics, /healthz, /readyz, /transfers. Nil is nowhere. Default: nil.
  public var admin: ServiceAddress?
  /// How often metrics that are readings are recorded: those of reactors and upstreams. Nil is never; what is counted is
  /// counted all the same. Default: 10 s.
  public var metricsInterval: Duration? = .seconds(10)

  /// How long connections may take to end by themselves once the relay is to end. Default: 30 s.
  public var drainTimeout = Duration.seconds(30)
  /// How long a successor that the program `millrace` starts (SIGUSR2) may take until it listens; it is killed then, and this
  /// process goes on. Default: 1 min.
  public var upgradeTimeout = Duration.seconds(60)

  /// Who says what the names stand for: the system's resolver, except in tests.
  var resolver = UpstreamPool.systemResolver

  /// A relay from `listen` to `upstreams`, with every default.
  public init(listen: [ServiceAddress], upstreams: [UpstreamTarget]) {
    self.listen = listen
    self.upstreams = upstreams
  }

  /// The part of it that every service has.
  var terms: ReceptionTerms {
    ReceptionTerms(
      listen: listen, reusePort: reusePort, reactors: reactors, maxConnections: maxConnections,
      maxConnectionsPerClient: maxConnectionsPerClient, maxAcceptRate: maxAcceptRate, whenFull: whenFull,
      drainTimeout: drainTimeout, upgradeTimeout: upgradeTimeout, admin: admin, options: connectionOptions)
  }

  /// What its connections have, to clients and to upstreams.
  var connectionOptions: ConnectionOptions {
    var options = ConnectionOptions()
    options.keepAliveIdle = keepAlive
    return options
  }
}
