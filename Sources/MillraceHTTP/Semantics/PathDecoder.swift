/// Makes a path for a file system of the target of a request. RFC 9112 §3.2.1, RFC 3986 §2.1, §3.3
package enum PathDecoder {
  /// What came of a target.
  package enum Outcome: Equatable, Sendable {
    /// A path that can be walked from segment to segment: none is empty, ".", or "..", or has a slash in it.
    case path(DecodedPath)
    /// A path, but not the shortest way to write it: "//", a segment "." or "..", or a slash that is written as %2F. It
    /// is not shortened: what a proxy in front has decided by the path would hold for another one.
    case notNormal
    /// None: it does not begin with "/", an escape is malformed or means NUL, or a byte stands as it is that has to be
    /// escaped: a control, a space, a "#".
    case malformed
  }

  /// Decodes the path of a target in origin-form, which is all before the first "?". Once: "%2541" is "%41". Bytes
  /// beyond ASCII are kept, whether they form UTF-8 or not, as is every other byte that a file's name may have, the
  /// backslash too.
  ///
  ///     /a%20b/c?d    segments "a b" and "c"
  package static func decode(_ target: Span<UInt8>) -> Outcome {
    guard !target.isEmpty, target[0] == UInt8(ascii: "/") else { return .malformed }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(target.count)
    var hasEscapedSlash = false
    var at = 0
    while at < target.count, target[at] != UInt8(ascii: "?") {
      var byte = target[at]
      if byte == UInt8(ascii: "%") {
        guard at + 2 < target.count, let high = hexValue(target[at + 1]), let low = hexValue(target[at + 2]) else {
          return .malformed
        }
        byte = high << 4 | low
        guard byte != 0 else { return .malformed }
        if byte == UInt8(ascii: "/") { hasEscapedSlash = true }
        at += 3
      } else {
        guard byte > 0x20, byte != 0x7f, byte != UInt8(ascii: "#") else { return .malformed }
        at += 1
      }
      bytes.append(byte)
    }
    guard !hasEscapedSlash, let path = DecodedPath(bytes) else { return .notNormal }
    return .path(path)
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte.lowercased {
    case let digit where digit.isDigit: digit - UInt8(ascii: "0")
    case let letter where UInt8(ascii: "a")...UInt8(ascii: "f") ~= letter: letter - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// A path in normal form, decoded.
package struct DecodedPath: Equatable, Sendable {
  /// The whole of it, with the slash at its beginning, and that at its end where it has one.
  package let bytes: [UInt8]
  /// The names between the slashes; none for "/".
  package let segments: [ArraySlice<UInt8>]

  /// Nil where `bytes`, which begin with a slash, are not in normal form.
  fileprivate init?(_ bytes: [UInt8]) {
    var segments = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if segments.last?.isEmpty == true { segments.removeLast() }
    guard segments.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }) else {
      return nil
    }
    self.bytes = bytes
    self.segments = segments
  }

  /// Whether it names a directory; true for "/".
  package var hasTrailingSlash: Bool { bytes.last == UInt8(ascii: "/") }
}
