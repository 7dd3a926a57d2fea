/// The words of a line of Prometheus' format.
struct ExpositionScanner {
  enum Unexpected: String, Error {
    case character = "a character that may not be there"
    case number = "no number, or not as numbers are written here"
    case type = "a type that there is not"
    case order = "out of order, or there twice"
    case label = "a label that may not be"
    case family = "not of the family before it"
    case histogram = "a histogram's line out of its place, or not cumulative"
  }

  var rest: ArraySlice<UInt8>

  mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func expect(_ text: String) throws(Unexpected) { if !take(text) { throw .character } }

  mutating func name(colons: Bool) throws(Unexpected) -> String {
    let name = rest.prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
      case UInt8(ascii: ":"): colons
      default: false
      }
    }
    guard let first = name.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { throw .character }
    rest = rest[name.endIndex...]
    return String(decoding: name, as: UTF8.self)
  }

  /// Up to the quote or the end of the line, unescaped. A zero byte is nowhere legal.
  mutating func escaped(quoted: Bool) throws(Unexpected) -> String {
    var bytes: [UInt8] = []
    while let byte = rest.first, !(quoted && byte == UInt8(ascii: "\"")) {
      rest = rest.dropFirst()
      if byte == 0 { throw .character }
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): bytes.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "\"") where quoted: bytes.append(UInt8(ascii: "\""))
      default: throw .character
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .character }
    return text
  }

  /// The rest of the line.
  mutating func number() throws(Unexpected) -> String {
    let text = String(decoding: rest, as: UTF8.self)
    rest = []
    if ["+Inf", "-Inf", "NaN"].contains(text) { return text }
    guard text.first?.isNumber == true || text.first == "-", text.last?.isNumber == true, Double(text) != nil,
      !text.hasSuffix(".0")
    else { throw .number }
    return text
  }
}
