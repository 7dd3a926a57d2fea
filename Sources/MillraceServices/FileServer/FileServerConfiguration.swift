/// How a file server works. Every field has the name of its flag, with capitals for dashes.
@dynamicMemberLookup
public struct FileServerConfiguration: Sendable {
  /// The directory that is served.
  public var root: String
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

  /// Who may put files into the directory, and how; nil is nobody. Default: nil.
  public var upload: UploadConfiguration?

  /// How many files each reactor keeps open, compressed neighbours among them; 0 keeps none. Default: 1000.
  public var openFiles = 1000
  /// How long such a file is believed to be what is at its path. Default: 1 s.
  public var openFileValidity = Duration.seconds(1)

  /// What every HTTP server has: its fields are this one's, too.
  public var server: HTTPServerConfiguration

  /// Bytes of listings that may be on their way at once: 32 MiB, except in tests.
  var listingBytes = 32 << 20

  /// Serves `root` at `listen`, with every default.
  public init(root: String, listen: [ServiceAddress]) {
    self.root = root
    server = HTTPServerConfiguration(listen: listen)
  }

  /// A field of ``server``.
  public subscript<Value>(dynamicMember field: WritableKeyPath<HTTPServerConfiguration, Value>) -> Value {
    get { server[keyPath: field] }
    set { server[keyPath: field] = newValue }
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
}
