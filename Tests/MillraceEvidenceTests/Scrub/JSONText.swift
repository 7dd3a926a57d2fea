import Foundation
import Testing

/// JSON for tests, written and read by others than the code under test.
enum JSONText {
  /// A string of JSON, each character escaped in one of the ways there are, or not.
  static func quoted(_ text: String, _ dice: inout Dice) -> String {
    var json = "\""
    for unit in text.utf16 {
      let scalar = Unicode.Scalar(unit)
      let mustEscape = unit < 0x20 || unit == 0x22 || unit == 0x5C || scalar == nil
      if mustEscape || Int.random(in: 0..<8, using: &dice) == 0 {
        let digits = String(unit, radix: 16, uppercase: Bool.random(using: &dice))
        json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else if unit == 0x2F, Bool.random(using: &dice) {
        json += "\\/"
      } else if let scalar {
        json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }

  static func parse(_ bytes: [UInt8]) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }
}
