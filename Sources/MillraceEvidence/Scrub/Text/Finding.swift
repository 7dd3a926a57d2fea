/// Something in a text that has to go, or that must be passed over as a whole.
struct Finding {
  /// Where it stands, in bytes of the view.
  var start: Int
  var end: Int
  var subject: Subject
  /// What its bytes are, where it can be of any length: the rest of one that is longer than a window is swallowed by it.
  var tail: ByteSet?

  /// What is left of it from `position` on.
  func from(_ position: Int) -> Finding? {
    guard position < end else { return nil }
    var rest = self
    rest.start = max(start, position)
    return rest
  }

  /// What was found. Names are in lower case.
  enum Subject {
    case ipv4(UInt32, separator: UInt8)
    case ipv6(IPv6)
    /// In a name of the DNS.
    case reverseIPv4(UInt32)
    case reverseIPv6(IPv6)
    case hardware(UInt64, HardwareForm)
    /// Two of them with a colon between.
    case frame(UInt64, UInt64)
    case host(String)
    case user(String)
    /// The name in `/home/NAME`.
    case homeName(String)
    /// A whole home directory that has its owner's name nowhere, such as `/root`.
    case home(of: String)
    case email(String)
    case secret(String)
    case token, query, fragment
    /// The first line of a private key; it ends where its last line does.
    case privateKey
    /// What stays as it is and must not be looked into, in whatever way it is read.
    case kept
    /// A placeholder of an earlier scrubbing.
    case placeholder(Placeholder)

    /// Whether its placeholder ends in a bracket.
    var endsInSign: Bool {
      switch self {
      case .token, .query, .fragment, .privateKey: true
      default: false
      }
    }
  }
}

/// How a MAC address is written.
enum HardwareForm: Equatable {
  case colons, dashes, dots
  /// With colons, without leading zeros.
  case short
  /// As in `enx001122334455`, the name of an interface.
  case bare
}

/// An IPv6 address, as two numbers in the order of the network.
struct IPv6: Hashable, Sendable {
  var high: UInt64
  var low: UInt64

  /// The IPv4 address in `::ffff:a.b.c.d`. RFC 4291, section 2.5.5.2
  var mapped: UInt32? {
    high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
  }

  static func mapped(_ address: UInt32) -> IPv6 { IPv6(high: 0, low: 0xFFFF_0000_0000 | UInt64(address)) }
}
