/// Reads settings one by one into typed values, and notes each with its origin, for `--check`.
struct SettingReader {
  private let settings: Settings
  /// What was read, in its order: name, texts, and who said so.
  private(set) var effective: [(name: String, texts: [String], origin: String)] = []

  init(_ settings: Settings) { self.settings = settings }

  /// A list; `texts` where nobody says anything.
  mutating func list<Value>(
    _ name: String, default texts: [String] = [], _ parse: (String) throws(ServiceAddress.Malformed) -> Value
  ) throws(SettingsError) -> [Value] {
    let found = try settings.find(name)
    var values: [Value] = []
    for text in found?.texts ?? texts {
      do throws(ServiceAddress.Malformed) { values.append(try parse(text)) } catch {
        if let found { throw SettingsError(found, text, error.description) }
      }
    }
    lists.insert(name)
    note(name, found?.texts ?? texts, found)
    return values
  }

  /// One value, or "none".
  mutating func optional<Value>(
    _ name: String, _ parse: (String) throws(ServiceAddress.Malformed) -> Value
  ) throws(SettingsError) -> Value? {
    let found = try settings.find(name)
    if let found, found.texts.count != 1 { throw tooMany(name, found) }
    let given = found?.texts.first ?? "none"
    note(name, [given], found)
    guard let found, given != "none" else { return nil }
    do throws(ServiceAddress.Malformed) { return try parse(given) } catch {
      throw SettingsError(found, given, error.description)
    }
  }

  private func tooMany(_ name: String, _ found: Settings.Found) -> SettingsError {
    SettingsError("\(found.origin): '\(name)' has one value, not \(found.texts.count)")
  }

  /// One text that `parse` makes a value of; nil from it means that it cannot.
  mutating func value<Value>(
    _ name: String, default text: String, _ expected: String, _ parse: (String) -> Value?
  ) throws(SettingsError) -> Value {
    let found = try settings.find(name)
    if let found, found.texts.count != 1 { throw tooMany(name, found) }
    let given = found?.texts.first ?? text
    guard let value = parse(given) else {
      throw SettingsError(found ?? Settings.Found(texts: [], origin: .flag("--\(name)")), given, expected)
    }
    note(name, [given], found)
    return value
  }

  mutating func number(_ name: String, default value: Int, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
    try self.value(
      name, default: "\(value)", "a whole number from \(range.lowerBound) to \(range.upperBound) is expected"
    ) { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
  }

  /// A number, or a word for none.
  mutating func number(
    _ name: String, orNone word: String, in range: ClosedRange<Int>
  ) throws(SettingsError) -> Int? {
    try value(
      name, default: word,
      "a whole number from \(range.lowerBound) to \(range.upperBound), or '\(word)', is expected"
    ) { text in text == word ? .some(nil) : Int(text).flatMap { range.contains($0) ? .some($0) : nil } }
  }

  mutating func duration(_ name: String, default text: String) throws(SettingsError) -> Duration {
    try value(name, default: text, "a time is expected, such as 250ms, 5s, 1m or 2h") { DurationText.parse($0) }
  }

  /// A time, or "never".
  mutating func optionalDuration(_ name: String, default text: String) throws(SettingsError) -> Duration? {
    try value(name, default: text, "a time is expected, such as 250ms, 5s, 1m or 2h, or 'never'") { text in
      text == "never" ? .some(nil) : DurationText.parse(text).map { .some($0) }
    }
  }

  /// A time, or a word for none, which is the default.
  mutating func duration(_ name: String, orNone word: String) throws(SettingsError) -> Duration? {
    try value(name, default: word, "a time is expected, such as 250ms, 5s, 1m or 2h, or '\(word)'") { text in
      text == word ? .some(nil) : DurationText.parse(text).map { .some($0) }
    }
  }

  /// A text that is not shown again; nil where nobody says anything.
  mutating func secret(_ name: String) throws(SettingsError) -> String? {
    let found = try settings.find(name)
    if let found, found.texts.count != 1 { throw tooMany(name, found) }
    note(name, [found == nil ? "none" : "(hidden)"], found)
    return found?.texts.first
  }

  /// true or false.
  mutating func flag(_ name: String, default value: Bool) throws(SettingsError) -> Bool {
    try self.value(name, default: "\(value)", "true or false is expected") { text in
      text == "true" ? true : text == "false" ? false : nil
    }
  }

  /// Sizes as people write them: a whole number, with or without KiB, MiB or GiB.
  mutating func size(_ name: String, default text: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
    try value(
      name, default: text,
      "a size from \(range.lowerBound) to \(range.upperBound) bytes is expected, such as 4096, 64KiB or 10MiB"
    ) { text in SizeText.parse(text).flatMap { range.contains($0) ? $0 : nil } }
  }

  /// A size, or a word for none, which is the default.
  mutating func size(_ name: String, orNone word: String) throws(SettingsError) -> Int? {
    try value(name, default: word, "a size is expected, such as 4096, 64KiB or 10MiB, or '\(word)'") { text in
      text == word ? .some(nil) : SizeText.parse(text).map { .some($0) }
    }
  }

  mutating func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, default value: Value
  ) throws(SettingsError) -> Value where Value.RawValue == String {
    let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return try self.value(name, default: value.rawValue, "one of \(all) is expected") { Value(rawValue: $0) }
  }

  private var lists: Set<String> = []

  private mutating func note(_ name: String, _ texts: [String], _ found: Settings.Found?) {
    effective.append((name, texts, found.map { "\($0.origin)" } ?? "default"))
  }

  /// Everything that was read, as a file that says the same, with each origin in a comment.
  var description: String {
    var lines: [String] = []
    for (name, texts, origin) in effective {
      if texts.count == 1, !lists.contains(name) {
        lines.append("\(name): \(Self.quoted(texts[0]))  # \(origin)")
      } else if texts.isEmpty {
        lines.append("\(name): []  # \(origin)")
      } else {
        lines.append("\(name):  # \(origin)")
        lines += texts.map { "  - \(Self.quoted($0))" }
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func quoted(_ text: String) -> String {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "-./:;=[]".contains($0) } && !text.hasPrefix("[")
    return isPlain
      ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }
}

/// Times as people write them.
enum DurationText {
  /// A whole number with its unit: ms, s, m, h. More than zero.
  static func parse(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int64(digits), (1...1_000_000_000).contains(count) else { return nil }
    switch text.dropFirst(digits.count) {
    case "ms": return .milliseconds(count)
    case "s": return .seconds(count)
    case "m": return .seconds(count * 60)
    case "h": return .seconds(count * 3600)
    default: return nil
    }
  }
}

/// Sizes as people write them.
enum SizeText {
  /// A whole number of bytes, more than zero, with or without its unit: B, KiB, MiB, GiB, TiB.
  static func parse(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits), count > 0 else { return nil }
    let unit: Int
    switch text.dropFirst(digits.count) {
    case "", "B": unit = 1
    case "K", "KiB": unit = 1 << 10
    case "M", "MiB": unit = 1 << 20
    case "G", "GiB": unit = 1 << 30
    case "T", "TiB": unit = 1 << 40
    default: return nil
    }
    let (size, isTooMuch) = count.multipliedReportingOverflow(by: unit)
    return isTooMuch ? nil : size
  }
}
