public import HTTPTypes

/// The head of a request, kept: its bytes, and where everything stands in them. Text is made of a part when someone asks.
public struct RequestHead: Sendable {
  package let bytes: [UInt8]
  package let index: HeadIndex

  /// - Parameter bytes: of which the head is the beginning.
  package init(_ bytes: Span<UInt8>, length: Int, _ index: borrowing HeadIndex) {
    self.bytes = unsafe bytes.extracting(first: length).withUnsafeBufferPointer { unsafe Array($0) }
    self.index = copy index
  }

  /// Reads one from the beginning of `bytes`; nil where it has no end yet.
  public init?(_ bytes: [UInt8], limits: HeadLimits = HeadLimits()) throws(HeadFault) {
    var index = HeadIndex()
    guard case .complete(let length) = try HeadReader(limits).readRequest(bytes.span, into: &index) else { return nil }
    self.init(bytes.span, length: length, index)
  }

  /// How many bytes it has, the empty line at its end included.
  public var length: Int { bytes.count }

  /// The method, as HTTP types have it.
  public var method: HTTPRequest.Method {
    switch index.method {
    case .get: .get
    case .head: .head
    case .post: .post
    case .put: .put
    case .delete: .delete
    case .options: .options
    case .connect: .connect
    case .trace: .trace
    case .patch: .patch
    // A method that was read is a token.
    case .other: HTTPRequest.Method(text(index.methodPlace)) ?? .get
    }
  }

  /// The target as it stands in the request line.
  public var target: String { text(index.target) }

  /// Its path, not decoded; "/" where it has none, "*" of OPTIONS *.
  public var path: String {
    switch index.targetForm {
    case .asterisk: return "*"
    case .authority: return ""
    case .origin, .absolute:
      let range = pathRange
      return range.isEmpty ? "/" : text(HeadIndex.Place(range))
    }
  }

  /// What follows the path's "?", not decoded; nil where there is none.
  public var query: String? {
    let all = index.pathAndQuery.range
    let path = pathRange
    return path.upperBound < all.upperBound ? text(HeadIndex.Place(path.upperBound + 1..<all.upperBound)) : nil
  }

  /// Whom the request is for: of an absolute target its authority, else Host. Empty where there is neither.
  public var authority: String { text(index.authority) }

  /// 1 for HTTP/1.1, 0 for HTTP/1.0.
  public var minorVersion: Int { Int(index.minorVersion) }

  /// How its body ends.
  public var framing: BodyFraming { index.framing }

  /// The values of every line with this name, in their order.
  public subscript(name: HTTPField.Name) -> [String] {
    let wanted = Array(name.canonicalName.utf8)
    return index.fields.compactMap { field in isNamed(field, wanted) ? text(field.value) : nil }
  }

  /// All of it as HTTP types.
  public var request: HTTPRequest {
    var fields = HTTPFields()
    for field in index.fields {
      guard let name = HTTPField.Name(text(field.name)) else { continue }
      fields.append(HTTPField(name: name, value: text(field.value)))
    }
    let isWithoutPath = index.targetForm == .authority
    let isAsterisk = index.targetForm == .asterisk
    let pathAndQuery = isAsterisk ? "*" : text(index.pathAndQuery)
    return HTTPRequest(
      method: method, scheme: "http", authority: authority,
      path: isWithoutPath ? nil : pathRange.isEmpty && !isAsterisk ? "/" + pathAndQuery : pathAndQuery,
      headerFields: fields)
  }

  // MARK: - For those who know where they look

  package func text(_ place: HeadIndex.Place) -> String { String(decoding: bytes[place.range], as: UTF8.self) }

  /// The values of all lines of a field as one list; nil where there is none. RFC 9110 §5.3
  package func joined(_ known: KnownField) -> String? { index.joined(known, bytes.span) }

  private var pathRange: Range<Int> { index.pathRange(bytes.span) }

  private func isNamed(_ field: HeadIndex.Field, _ wanted: [UInt8]) -> Bool {
    let range = field.name.range
    guard range.count == wanted.count else { return false }
    for (offset, at) in range.enumerated() where ByteClass.lowercased(bytes[at]) != wanted[offset] { return false }
    return true
  }
}

extension HeadIndex {
  /// The path of the target, without its query.
  package func pathRange(_ bytes: Span<UInt8>) -> Range<Int> {
    let all = pathAndQuery.range
    for at in all where bytes[at] == UInt8(ascii: "?") { return all.lowerBound..<at }
    return all
  }

  /// The values of all lines of a field as one list; nil where there is none. RFC 9110 §5.3
  package func joined(_ known: KnownField, _ bytes: Span<UInt8>) -> String? {
    var joined: String?
    for field in fields where field.known == known {
      let text = Self.text(bytes, field.value.range)
      joined = joined.map { "\($0), \(text)" } ?? text
    }
    return joined
  }

  package static func text(_ bytes: Span<UInt8>, _ place: Range<Int>) -> String {
    unsafe bytes.extracting(place).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
