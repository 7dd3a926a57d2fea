import NIOHTTP1

@testable import MillraceHTTP

// Which of the known reasons two readings differ for: by what each says, and by what of the bytes that must come from.
extension Disagreement {
  /// What explains that two readings of the same bytes differ; nil where nothing does.
  init?(_ bytes: [UInt8], ours: RequestReading, nio: RequestReading) {
    if let head = ours.head, let other = nio.head, head != other {
      guard head.isSame(as: other, value: Self.trimmed) else { return nil }
      self = .spaceAroundValue
    } else if ours.head?.method == "CONNECT", nio.head?.method == "CONNECT", nio.progress == .ended, nio.body.isEmpty {
      self = .tunnel
    } else if let head = ours.head, let reason = nio.reason {
      guard let cause = Self.acceptance(reason, head, bytes) else { return nil }
      self = cause
    } else if nio.head != nil, let reason = ours.reason, let cause = Self.refusal(reason, bytes) {
      self = cause
    } else {
      return nil
    }
  }

  /// By our reason to refuse what llhttp does not.
  private static func refusal(_ reason: String, _ bytes: [UInt8]) -> Disagreement? {
    let isAfterEmptyLine = bytes.first == 0x0D || bytes.first == 0x0A
    let known: [(String, Disagreement)] = [
      ("400 the request line has two spaces", .spacesInRequestLine), ("400 the version is not HTTP", .otherProtocol),
      ("400 the target begins neither", .targetForm), ("400 the target * is for OPTIONS", .targetForm),
      ("400 the target has a fragment", .fragment), ("400 the target of CONNECT has", .tunnelTarget),
      ("400 the target has", .targetHost), ("400 there is no Host", .missingHost),
      ("400 there is more than one Host", .secondHost), ("400 Host has", .invalidHost), ("417 Expect", .expectation),
      ("400 Content-Length is more than 2^63", .lengthOverflow), ("400 HTTP/1.0 has no Transfer", .codingOfOldVersion),
      ("400 Transfer-Encoding stands there twice", .codingTwice),
      ("400 the last of Transfer-Encoding is not chunked", .codingWithoutEnd),
      ("501 Transfer-Encoding has more than chunked", .otherCoding), ("400 a chunk's size has more than", .chunkSize),
      ("400 a chunk extension has", .chunkExtension),
    ]
    if isAfterEmptyLine, reason.contains("a line begins with CR") || reason.contains("does not begin with a method") {
      return .lineBeforeRequest
    }
    return known.first { reason.hasPrefix($0.0) }?.1
  }

  /// By llhttp's reason to refuse what we do not, and by what of the bytes it must have been.
  private static func acceptance(_ reason: String, _ head: RequestReading.Head, _ bytes: [UInt8]) -> Disagreement? {
    switch reason {
    case "invalid HTTP method":
      guard case .RAW = HTTPMethod(rawValue: head.method) else { return nil }
      return .method
    case "invalid HTTP version" where head.method != "PRI":
      let line = String(decoding: bytes.drop { $0 == 0x0D || $0 == 0x0A }.prefix { $0 != 0x0D }, as: UTF8.self)
      return ("2"..."9").contains(line.suffix(1)) && line.hasSuffix(" HTTP/1." + line.suffix(1)) ? .laterVersion : nil
    case "invalid constant string", "invalid HTTP version":
      return othersMethods.contains(head.method) ? .methodOfOthers : nil
    case "invalid character in content-length header" where !isChunked(head):
      let lines = lines(bytes[...]).filter { $0.lowercased().hasPrefix("content-length:") }
      return lines.contains { $0.drop { $0 != ":" }.drop { !$0.isNumber }.contains("\t") } ? .tabBehindLength : nil
    default: return isChunked(head) ? acceptanceOfChunks(lines(RequestReading.behindHead(bytes))) : nil
    }
  }

  /// By the lines behind a head.
  private static func acceptanceOfChunks(_ lines: [String]) -> Disagreement? {
    for line in lines.map({ $0.lowercased() }) {
      if line.hasPrefix("content-length:") || line.hasPrefix("transfer-encoding:") { return .framingInTrailer }
      // Of a chunk that is cut off, the semicolon is still to come.
      let behindSize = line.drop(while: \.isHexDigit)
      let isSpace = !behindSize.isEmpty && behindSize.allSatisfy { $0 == " " || $0 == "\t" }
      if isSpace || line.contains(";") && line.contains(where: { $0 == " " || $0 == "\t" }) { return .spaceInExtension }
    }
    return nil
  }

  private static func isChunked(_ head: RequestReading.Head) -> Bool {
    zip(head.names, head.values).contains { $0.lowercased() == "transfer-encoding" && $1.lowercased() == "chunked" }
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
  }

  private static let othersMethods: Set<String> = [
    "ANNOUNCE", "DESCRIBE", "FLUSH", "GET_PARAMETER", "PAUSE", "PLAY", "PRI", "RECORD", "REDIRECT", "SETUP",
    "SET_PARAMETER", "SOURCE", "TEARDOWN",
  ]

  private static func trimmed(_ value: String) -> String {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    return String(decoding: value.utf8.reversed().drop(while: isSpace).reversed().drop(while: isSpace), as: UTF8.self)
  }
}
