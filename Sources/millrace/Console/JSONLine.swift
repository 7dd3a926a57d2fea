import FoundationEssentials

/// A value as one line of JSON, its keys in order.
enum JSONLine {
  static func text(_ value: some Encodable, pretty: Bool = false) throws(Failure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw Failure("cannot write the report as JSON: \(error)")
    }
  }
}
