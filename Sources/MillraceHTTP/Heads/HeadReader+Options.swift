// What the fields say about the connection and about what the client waits for.
extension HeadReader {
  /// Every Connection field, each a list of options.
  func readOptions(_ bytes: Span<UInt8>, _ index: inout HeadIndex) {
    var options = ConnectionOptionSet()
    for field in index.fields where field.known == .connection {
      options.formUnion(Self.options(bytes, field.value.range))
    }
    index.options = options
  }

  /// Expect, of which there is one that means anything; in a response it means nothing.
  func readExpectation(_ bytes: Span<UInt8>, _ index: inout HeadIndex) throws(HeadFault) {
    for field in index.fields where field.known == .expect {
      guard Self.equals(bytes, field.value.range, "100-continue") else {
        throw HeadFault(417, "Expect is not 100-continue")
      }
      // HTTP/1.0 has no interim responses. RFC 9110 §10.1.1
      index.expectsContinue = index.minorVersion >= 1
    }
  }

  private static func options(_ bytes: Span<UInt8>, _ place: Range<Int>) -> ConnectionOptionSet {
    var options = ConnectionOptionSet()
    var from = place.lowerBound
    while from < place.upperBound {
      var to = from
      while to < place.upperBound, bytes[to] != Ascii.comma { to += 1 }
      var first = from
      var last = to
      while first < last, bytes[first] == Ascii.space || bytes[first] == Ascii.tab { first += 1 }
      while last > first, bytes[last - 1] == Ascii.space || bytes[last - 1] == Ascii.tab { last -= 1 }
      if equals(bytes, first..<last, "close") {
        options.insert(.close)
      } else if equals(bytes, first..<last, "keep-alive") {
        options.insert(.keepAlive)
      } else if equals(bytes, first..<last, "upgrade") {
        options.insert(.upgrade)
      }
      from = to + 1
    }
    return options
  }

  /// Whether the bytes there are `word`, which is in lower case, in any case.
  static func equals(_ bytes: Span<UInt8>, _ place: Range<Int>, _ word: StaticString) -> Bool {
    guard place.count == word.utf8CodeUnitCount else { return false }
    for offset in 0..<place.count
    where unsafe ByteClass.lowercased(bytes[place.lowerBound + offset]) != word.utf8Start[offset] {
      return false
    }
    return true
  }
}
