import ArgumentParser
import FoundationEssentials
import Logging

/// How a line of the log looks.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json

  func line(_ time: String, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
    switch self {
    case .text:
      metadata.sorted { $0.key < $1.key }.reduce(into: "\(time) \(level) \(message)") { line, field in
        line += " \(field.key)=\(Self.word(Self.text(field.value)))"
      }
    case .json: Self.json(time, level, message, metadata)
    }
  }

  private static func text(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .array(let values): values.map(text).joined(separator: ",")
    default: "\(value)"
    }
  }

  /// In quotes where it is not one word: what a client or a name server said must not look like a field, or a line.
  private static func word(_ text: String) -> String {
    let isWord =
      !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value < 127 && $0 != "\"" && $0 != "=" }
    return isWord ? text : quoted(text)
  }

  private static func json(
    _ time: String, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
  ) -> String {
    var line = "{\"time\":\"\(time)\",\"level\":\"\(level)\",\"message\":\(quoted(message))"
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { line += ",\(quoted(key)):\(json(value))" }
    return line + "}"
  }

  private static func json(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .array(let values): return "[\(values.map(json).joined(separator: ","))]"
    default:
      let text = "\(value)"
      // Counts and seconds are numbers.
      if let last = text.last, last.isNumber, let first = text.first, first.isNumber, Double(text) != nil,
        text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") })
      {
        return text
      }
      return quoted(text)
    }
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if scalar.value < 32 || scalar.value == 127 {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}
