/// The head of an answer over HTTP/1.1, as the load reads it. Not by the reader of the server: what both took wrong would look
/// right. RFC 9112
struct ResponseHead: Equatable {
  let status: Int
  /// Bytes of the content, which follows.
  let contentLength: Int
  /// Bytes of the head itself, with the empty line.
  let count: Int

  /// The most bytes that a head may have.
  static let limit = 8 * 1024

  /// The head at the beginning of `bytes`; nil where it has not come whole. Throws what is wrong with it, also where the content
  /// has no length that is known before.
  init?(in bytes: [UInt8]) throws(RoleFailure) {
    guard let end = Self.end(of: bytes) else {
      guard bytes.count < Self.limit else {
        throw RoleFailure("the head of an answer has more than \(Self.limit) bytes")
      }
      return nil
    }
    var lines = bytes[..<(end + 2)]
    guard let status = Self.status(of: Self.nextLine(of: &lines)) else {
      throw RoleFailure("an answer does not begin with HTTP/1.1 and a status")
    }
    var length: Int?
    while !lines.isEmpty {
      let line = Self.nextLine(of: &lines)
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw RoleFailure("the head of an answer has a line without a colon")
      }
      let name = line[..<colon]
      if Self.isSame(name, "transfer-encoding") { throw RoleFailure("an answer comes in a transfer coding") }
      guard Self.isSame(name, "content-length") else { continue }
      guard length == nil, let value = Self.number(line[(colon + 1)...]) else {
        throw RoleFailure("an answer's Content-Length is no number, or there are two")
      }
      length = value
    }
    guard let length else { throw RoleFailure("an answer has no Content-Length") }
    self.status = status
    contentLength = length
    count = end + 4
  }

  /// Where the line end is that an empty line follows.
  private static func end(of bytes: [UInt8]) -> Int? {
    var place = 3
    while place < min(bytes.count, limit) {
      if bytes[place] == 10, bytes[place - 1] == 13, bytes[place - 2] == 10, bytes[place - 3] == 13 { return place - 3 }
      place += 1
    }
    return nil
  }

  /// Takes a line off, its end as well.
  private static func nextLine(of lines: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var place = lines.startIndex
    while place + 1 < lines.endIndex {
      if lines[place] == 13, lines[place + 1] == 10 {
        defer { lines = lines[(place + 2)...] }
        return lines[..<place]
      }
      place += 1
    }
    defer { lines = [] }
    return lines
  }

  /// `HTTP/1.1 200 OK`; the words after the number are nobody's business.
  private static func status(of line: ArraySlice<UInt8>) -> Int? {
    let start = Array("HTTP/1.1 ".utf8)
    let rest = line.dropFirst(start.count)
    guard line.starts(with: start), rest.count == 3 || rest.dropFirst(3).first == UInt8(ascii: " ") else { return nil }
    return digits(rest.prefix(3))
  }

  private static func number(_ value: ArraySlice<UInt8>) -> Int? {
    func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var value = value.drop(while: isSpace)
    while let last = value.last, isSpace(last) { value.removeLast() }
    return digits(value)
  }

  /// No sign, nothing else, and no more of them than a length has.
  private static func digits(_ text: ArraySlice<UInt8>) -> Int? {
    guard (1...15).contains(text.count) else { return nil }
    var number = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return number
  }

  /// Names have no case.
  private static func isSame(_ name: ArraySlice<UInt8>, _ lowercase: StaticString) -> Bool {
    guard name.count == lowercase.utf8CodeUnitCount else { return false }
    return lowercase.withUTF8Buffer { unsafe zip(name, $0).allSatisfy { $0 | 0x20 == $1 } }
  }
}
