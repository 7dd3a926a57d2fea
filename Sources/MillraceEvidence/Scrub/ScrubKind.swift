/// What a scrubbing replaces.
public enum ScrubKind: String, Sendable, CaseIterable {
  /// This machine's name, those given as hosts, and values of JSON keys such as "hostname".
  case hostName
  /// The current user, those given as users, and values of JSON keys such as "user".
  case userName
  /// IPv4 and IPv6 addresses.
  case ipAddress
  /// MAC addresses.
  case hardwareAddress
  /// Home directories.
  case homePath
  /// Passwords, keys, cookies and whatever else lets somebody in.
  case token
  /// Query strings and fragments of URLs.
  case query
  /// Mail addresses.
  case email
  /// What was given by name.
  case secret
  /// The content of a packet behind its headers, and headers that are not known.
  case payload
  /// What a capture says of the machine that made it: options and blocks that were left out.
  case captureMetadata

  /// The kind for a person, in the plural: "IP addresses".
  public var label: String {
    switch self {
    case .hostName: "host names"
    case .userName: "user names"
    case .ipAddress: "IP addresses"
    case .hardwareAddress: "MAC addresses"
    case .homePath: "home paths"
    case .token: "tokens"
    case .query: "URL queries"
    case .email: "mail addresses"
    case .secret: "secrets"
    case .payload: "packet contents"
    case .captureMetadata: "capture metadata"
    }
  }
}

/// How often each kind was replaced.
public struct ScrubCounts: Sendable, Equatable {
  private var numbers: [ScrubKind: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// The number of one kind.
  public subscript(kind: ScrubKind) -> Int {
    get { numbers[kind, default: 0] }
    set { numbers[kind] = newValue == 0 ? nil : newValue }
  }

  /// The number of all kinds together.
  public var total: Int { numbers.values.reduce(0, +) }
}
