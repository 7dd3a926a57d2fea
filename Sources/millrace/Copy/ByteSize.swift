import ArgumentParser

/// A number of bytes as people write it.
struct ByteSize: Sendable, Equatable {
  let bytes: Int

  /// Reads "4096", "4K", "10MiB", "1GB". Throws a sentence that says what is understood.
  init(argument: String) throws {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).lowercased()
    guard let number = Int(digits), let scale = Self.units[unit] else {
      throw ValidationError("a size is a whole number with a unit, such as 4096, 4K, 10MiB or 1GB; not '\(argument)'")
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
    guard !overflow else { throw ValidationError("'\(argument)' is more than any file can have") }
    self.bytes = bytes
  }

  /// Reads a size of at least one byte.
  static func positive(argument: String) throws -> ByteSize {
    let size = try ByteSize(argument: argument)
    guard size.bytes > 0 else { throw ValidationError("it must be 1 byte or more, not '\(argument)'") }
    return size
  }

  /// K, KiB and so on count in 1024, as tools that copy have it; KB and so on in 1000.
  private static let units: [String: Int] = {
    var units = ["": 1, "b": 1]
    for (power, letter) in ["k", "m", "g", "t", "p"].enumerated() {
      let binary = 1 << (10 * (power + 1))
      units[letter] = binary
      units[letter + "ib"] = binary
      units[letter + "b"] = (0...power).reduce(1) { product, _ in product * 1000 }
    }
    return units
  }()
}

/// A time limit in seconds, as people write it.
enum Seconds {
  static func duration(argument: String) throws -> Duration {
    guard let seconds = Double(argument), seconds > 0, seconds < 1e9 else {
      throw ValidationError("a time is a number of seconds above 0, such as 30 or 0.5; not '\(argument)'")
    }
    return .seconds(seconds)
  }
}
