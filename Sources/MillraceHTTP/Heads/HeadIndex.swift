/// Where the parts of a head stand in its bytes: offsets, and no text. The bytes are whoever's who has the head.
///
/// Used again for one head after the other, so that reading one allocates nothing.
package struct HeadIndex: Sendable {
  /// From one byte of the head to another; a head is smaller than 64 KiB.
  package struct Place: Sendable, Equatable {
    var from: UInt16 = 0
    var to: UInt16 = 0

    init() {}

    init(_ range: Range<Int>) {
      from = UInt16(truncatingIfNeeded: range.lowerBound)
      to = UInt16(truncatingIfNeeded: range.upperBound)
    }

    package var range: Range<Int> { Int(from)..<Int(to) }
    package var isEmpty: Bool { from == to }
  }

  /// A field line: the value is without the white space around it.
  package struct Field: Sendable {
    package let name: Place
    package let value: Place
    package let known: KnownField
  }

  /// A method that somebody here has something to do with.
  package enum Method: Sendable { case get, head, post, put, delete, options, connect, trace, patch, other }

  /// How a request says what it is for. RFC 9112 §3.2
  package enum TargetForm: Sendable { case origin, absolute, authority, asterisk }

  // Of a request.
  package internal(set) var method = Method.other
  package internal(set) var methodPlace = Place()
  /// All of the request-target.
  package internal(set) var target = Place()
  package internal(set) var targetForm = TargetForm.origin
  /// The path and query of the target. Where the path of an absolute form is empty, "/" is not there: this is empty, or
  /// begins with the "?" of the query. RFC 9112 §3.2.2
  package internal(set) var pathAndQuery = Place()
  /// Whom it is for: of the absolute form its authority, else the value of Host; empty where there is none.
  package internal(set) var authority = Place()

  // Of a response.
  package internal(set) var status = 0
  package internal(set) var reason = Place()

  // Of both.
  /// The 1 of HTTP/1.1.
  package internal(set) var minorVersion: UInt8 = 1
  package internal(set) var fields: [Field] = []
  package internal(set) var framing = BodyFraming.none
  /// What the Connection field says.
  package internal(set) var options = ConnectionOptionSet()
  /// Expect: 100-continue.
  package internal(set) var expectsContinue = false

  package init() { fields.reserveCapacity(32) }

  mutating func clear() {
    fields.removeAll(keepingCapacity: true)
    pathAndQuery = Place()
    authority = Place()
    framing = .none
    options = []
    expectsContinue = false
  }

  /// Whether the connection stays for another message. RFC 9112 §9.3
  package var keepsAlive: Bool {
    minorVersion >= 1 ? !options.contains(.close) : options.contains(.keepAlive) && !options.contains(.close)
  }

  /// The value of the first line of a field.
  package func first(_ known: KnownField) -> Place? {
    for field in fields where field.known == known { return field.value }
    return nil
  }

  package func has(_ known: KnownField) -> Bool { first(known) != nil }
}

/// The options of a Connection field that mean something here. RFC 9110 §7.6.1
package struct ConnectionOptionSet: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let close = ConnectionOptionSet(rawValue: 1)
  package static let keepAlive = ConnectionOptionSet(rawValue: 2)
  package static let upgrade = ConnectionOptionSet(rawValue: 4)
}
