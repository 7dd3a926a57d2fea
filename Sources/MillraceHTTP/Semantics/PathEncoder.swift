/// Writes a file's name as one segment of a path, in a Location or an href. RFC 3986 §2.1, §3.3
package enum PathEncoder {
  /// Escapes every byte but those that never need it (`unreserved`): "a b" is "a%20b", and a name with a colon is not
  /// taken for a scheme. What comes of it is safe in a field and between quotes in HTML.
  package static func encode(_ name: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(name.count)
    for byte in name {
      if isUnreserved(byte) {
        text.append(byte)
      } else {
        text += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: byte.isDigit || byte.isLetter
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}
