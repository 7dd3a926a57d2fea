/// A coding that a representation may be stored in. RFC 9110 §8.4.1
package enum ContentCoding: String, Sendable, CaseIterable {
  /// RFC 7932
  case br
  /// RFC 8878
  case zstd
  /// RFC 1952
  case gzip
}

/// Chooses the coding of an answer. RFC 9110 §12.5.3
package enum AcceptEncoding {
  /// What to send.
  package enum Choice: Equatable, Sendable {
    /// The representation in this coding.
    case coding(ContentCoding)
    /// The representation as it is.
    case identity
    /// Nothing is acceptable. A 406 says so; most servers send the representation as it is all the same.
    case none
  }

  /// The coding that the client likes best, of those that the server has besides identity, in the order of its own
  /// liking, which decides among equals. Identity is taken where it has the greater weight, and where no coding is
  /// acceptable.
  ///
  /// Identity is acceptable as long as it is not refused, and without a weight of its own or of `*` it is the last
  /// choice. A member that is malformed is ignored. Of a coding that is there twice, as gzip and x-gzip may be, the
  /// lesser weight counts: nobody is sent what they refused.
  ///
  /// - Parameter value: Nil where the field is absent: identity then, as for an empty one.
  package static func choose(from codings: [ContentCoding], for value: String?) -> Choice {
    guard let value else { return .identity }
    let weights = Weights(parsing: value)
    var best: (coding: ContentCoding, weight: Int)?
    for coding in codings {
      guard let weight = weights.of(coding), weight > best?.weight ?? 0 else { continue }
      best = (coding, weight)
    }
    let identity = weights.identity ?? weights.others
    if let best, best.weight >= identity ?? 0 { return .coding(best.coding) }
    return identity == 0 ? .none : .identity
  }
}

/// How much the client likes what, in thousandths; nil for what it does not name.
private struct Weights {
  private var br: Int?
  private var zstd: Int?
  private var gzip: Int?
  private(set) var identity: Int?
  /// `*`
  private(set) var others: Int?

  init(parsing value: String) {
    var cursor = FieldCursor(value)
    cursor.skipEmptyMembers()
    while !cursor.isAtEnd {
      // "*" is a token, too.
      let name = cursor.takeRun(where: \.isTokenByte)
      if !name.isEmpty, let weight = cursor.takeWeight(), cursor.endMember() {
        note(weight, of: name)
      } else {
        cursor.dropMember()
      }
    }
  }

  func of(_ coding: ContentCoding) -> Int? {
    switch coding {
    case .br: br ?? others
    case .zstd: zstd ?? others
    case .gzip: gzip ?? others
    }
  }

  private mutating func note(_ weight: Int, of name: Substring.UTF8View) {
    func lesser(_ noted: Int?) -> Int { min(noted ?? weight, weight) }
    if name.isWord("gzip") || name.isWord("x-gzip") {
      gzip = lesser(gzip)
    } else if name.isWord("br") {
      br = lesser(br)
    } else if name.isWord("zstd") {
      zstd = lesser(zstd)
    } else if name.isWord("identity") {
      identity = lesser(identity)
    } else if name.isWord("*") {
      others = lesser(others)
    }
  }
}

extension FieldCursor {
  /// A weight in thousandths, 1000 where there is none; nil where it is malformed. RFC 9110 §12.4.2
  fileprivate mutating func takeWeight() -> Int? {
    skipWhitespace()
    guard take(";") else { return 1000 }
    skipWhitespace()
    guard take("q=") || take("Q="), let whole = takeNumber(digits: 1), whole <= 1 else { return nil }
    guard take(".") else { return whole * 1000 }
    let decimals = takeRun(where: \.isDigit)
    guard decimals.count <= 3 else { return nil }
    var weight = whole
    for place in 0..<3 {
      let digit = decimals.dropFirst(place).first ?? UInt8(ascii: "0")
      weight = weight * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return weight <= 1000 ? weight : nil
  }
}
