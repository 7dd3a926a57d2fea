import Millrace
public import MillraceHTTP

/// How a file server works. Every field has the name of its flag, with capitals for dashes.
public struct FileServerConfiguration: Sendable {
  /// The directory that is served.
  public var root: String
  /// Where clients connect; at least one, unless the server inherits sockets.
  public var listen: [ServiceAddress]
  /// How many reactors, each a thread; nil is one for each core.
  public var reactors: Int?

  /// Names that a directory is answered with, the first that is there. Default: index.html.
  public var index = ["index.html"]
  /// Whether a directory without one is listed. Default: true.
  public var listing = true
  /// Which symbolic links are followed. Default: those that lead to a place beneath the root.
  public var links = LinkPolicy.inside
  /// Whether names that begin with a dot are served and listed; `/.well-known/` is in any case (RFC 8615). Default: false.
  public var dotFiles = false
  /// Neighbours of a file that hold the same content compressed (`.br`, `.zst`, `.gz`) are sent to clients that take them,
  /// unless they are older than the file. Default: true.
  public var precompressed = true
  /// A file in the format of mime.types(5) that adds to the built-in types. Default: /etc/mime.types, where it is there.
  public var mimeTypes: String?

  /// The value of Cache-Control by pattern; the first pattern that matches counts.
  public var cacheControl: [PatternRule] = []
  /// Patterns of what browsers are to save and not to show (Content-Disposition: attachment).
  public var attachment: [String] = []
  /// Fields that every answer with content has.
  public var headers: [HeaderRule] = []

  /// How many files each reactor keeps open, compressed neighbours among them; 0 keeps none. Default: 1000.
  public var openFiles = 1000
  /// How long such a file is believed to be what is at its path. Default: 1 s.
  public var openFileValidity = Duration.seconds(1)

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

  /// How often metrics that are readings are recorded. Nil is never. Default: 10 s.
  public var metricsInterval: Duration? = .seconds(10)
  /// How long connections may take to end by themselves once the server is to end. Default: 30 s.
  public var drainTimeout = Duration.seconds(30)
  /// How long a successor that the program `millrace` starts (SIGUSR2) may take until it listens. Default: 1 min.
  public var upgradeTimeout = Duration.seconds(60)

  /// Serves `root` at `listen`, with every default.
  public init(root: String, listen: [ServiceAddress]) {
    self.root = root
    self.listen = listen
  }

  /// A value for the paths that a pattern matches.
  public struct PatternRule: Sendable, Equatable {
    /// `*` is any run of bytes and `?` is one; without a slash it is matched with the last component of the path alone.
    public var pattern: String
    /// The value.
    public var value: String

    /// A value for the paths that `pattern` matches.
    public init(pattern: String, value: String) {
      self.pattern = pattern
      self.value = value
    }
  }

  /// A field with its value.
  public struct HeaderRule: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// A field.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  var terms: ReceptionTerms {
    var options = ConnectionOptions()
    options.keepAliveIdle = keepAliveProbe
    options.unsentLimit = unsentLimit
    return ReceptionTerms(
      listen: listen, reactors: reactors, maxConnections: maxConnections,
      maxConnectionsPerClient: maxConnectionsPerClient, maxAcceptRate: maxAcceptRate, whenFull: whenFull,
      drainTimeout: drainTimeout, upgradeTimeout: upgradeTimeout, options: options)
  }
}
