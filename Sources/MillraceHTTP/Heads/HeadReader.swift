/// Reads the head of a message: a pass over its bytes that says where everything stands, or what is wrong.
///
/// RFC 9112 to the letter wherever two readers could differ about where a message ends, for that is how requests are smuggled:
/// lines end in CRLF and nothing else, a name stands directly before its colon, a line is never continued, a length is digits.
/// There is no option to be lax.
package struct HeadReader {
  package let limits: HeadLimits

  package init(_ limits: HeadLimits = HeadLimits()) {
    var limits = limits
    // A place has 16 bits.
    limits.head = max(0, min(limits.head, HeadLimits.most))
    limits.line = max(0, min(limits.line, limits.head))
    self.limits = limits
  }

  /// How far it came.
  package enum Outcome: Equatable, Sendable {
    /// A head of so many bytes, the empty line included; whatever follows is not the head's.
    case complete(length: Int)
    /// There is no end yet, and nothing wrong so far.
    case incomplete
  }

  /// Reads a request's head from the beginning of `bytes`.
  package func readRequest(_ bytes: Span<UInt8>, into index: inout HeadIndex) throws(HeadFault) -> Outcome {
    index.clear()
    // Nobody looks beyond a limit, so that what is found does not depend on how much of it came at once.
    let head = bytes.extracting(first: limits.head)
    guard let start = try skipEmptyLine(head) else { return try unended(head) }
    guard let line = try readRequestLine(head.extracting(first: start + limits.line), from: start, into: &index) else {
      if head.count - start >= limits.line {
        throw HeadFault(414, "the request line is longer than \(limits.line) bytes")
      }
      return try unended(head)
    }
    guard let end = try readFields(head, from: line, into: &index) else { return try unended(head) }
    try checkHost(bytes, &index)
    readOptions(bytes, &index)
    try readExpectation(bytes, &index)
    index.framing = try RequestFraming.of(index, bytes)
    return .complete(length: end)
  }

  /// Reads a response's head. How its body ends depends on the request, too: see `ResponseFraming`.
  package func readResponse(_ bytes: Span<UInt8>, into index: inout HeadIndex) throws(HeadFault) -> Outcome {
    index.clear()
    let head = bytes.extracting(first: limits.head)
    guard let line = try readStatusLine(head, into: &index), let end = try readFields(head, from: line, into: &index)
    else { return try unended(head) }
    readOptions(bytes, &index)
    return .complete(length: end)
  }

  /// What has no end yet must still be able to get one.
  private func unended(_ head: Span<UInt8>) throws(HeadFault) -> Outcome {
    guard head.count < limits.head else { throw HeadFault(431, "the head is larger than \(limits.head) bytes") }
    return .incomplete
  }

  // MARK: - Lines

  /// RFC 9112 §2.2: one empty line before a request is ignored, for old clients send one after a body.
  private func skipEmptyLine(_ bytes: Span<UInt8>) throws(HeadFault) -> Int? {
    guard bytes.count > 0 else { return nil }
    guard bytes[0] == Ascii.carriageReturn else { return 0 }
    guard bytes.count > 1 else { return nil }
    guard bytes[1] == Ascii.lineFeed else { throw HeadFault("a line begins with CR without LF") }
    return bytes.count > 2 ? 2 : nil
  }

  /// The field lines; answers where the head ends, nil where that has not come yet.
  private func readFields(_ bytes: Span<UInt8>, from start: Int, into index: inout HeadIndex) throws(HeadFault) -> Int?
  {
    var at = start
    let count = bytes.count
    while at < count {
      if bytes[at] == Ascii.carriageReturn {
        guard at + 1 < count else { return nil }
        guard bytes[at + 1] == Ascii.lineFeed else { throw HeadFault("a line begins with CR without LF") }
        return at + 2
      }
      guard let next = try readField(bytes, from: at, into: &index) else { return nil }
      at = next
    }
    return nil
  }

  /// One field line; answers where the next one begins.
  func readField(_ bytes: Span<UInt8>, from start: Int, into index: inout HeadIndex) throws(HeadFault) -> Int? {
    let count = bytes.count
    var at = start
    while at < count, ByteClass.isToken(bytes[at]) { at += 1 }
    guard at < count else { return nil }
    guard bytes[at] == Ascii.colon else { throw faultOfName(bytes, start, at) }
    guard at > start else { throw HeadFault("a field line begins with its colon: a name is expected before it") }
    let name = start..<at
    at += 1
    while at < count, bytes[at] == Ascii.space || bytes[at] == Ascii.tab { at += 1 }
    let from = at
    while at < count, ByteClass.isValue(bytes[at]) { at += 1 }
    guard at < count else { return nil }
    guard bytes[at] == Ascii.carriageReturn else { throw faultOfValue(bytes[at]) }
    guard at + 1 < count else { return nil }
    guard bytes[at + 1] == Ascii.lineFeed else { throw HeadFault("a field value has a CR without LF") }
    guard index.fields.count < limits.fields else {
      throw HeadFault(431, "there are more than \(limits.fields) fields")
    }
    var to = at
    while to > from, bytes[to - 1] == Ascii.space || bytes[to - 1] == Ascii.tab { to -= 1 }
    index.fields.append(
      HeadIndex.Field(
        name: HeadIndex.Place(name), value: HeadIndex.Place(from..<to), known: KnownField(bytes, name)))
    return at + 2
  }

  private func faultOfName(_ bytes: Span<UInt8>, _ start: Int, _ at: Int) -> HeadFault {
    switch bytes[at] {
    case Ascii.space, Ascii.tab:
      at == start
        ? HeadFault("a field line begins with white space: continued lines are not taken")
        : HeadFault("there is white space between a field name and its colon")
    case Ascii.lineFeed: HeadFault("a line ends in LF without CR")
    case Ascii.carriageReturn: HeadFault("a field line has no colon")
    case let byte: HeadFault("a field name has the byte \(Self.hex(byte)), which no name has")
    }
  }

  private func faultOfValue(_ byte: UInt8) -> HeadFault {
    byte == Ascii.lineFeed
      ? HeadFault("a line ends in LF without CR")
      : HeadFault("a field value has the byte \(Self.hex(byte)), which no value has")
  }

  static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count == 1 ? "0" : "") + digits
  }
}
