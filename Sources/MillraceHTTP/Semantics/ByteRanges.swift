/// What a Range of a GET asks of a representation. RFC 9110 §14.1.2, §14.2
package enum ByteRanges: Equatable, Sendable {
  /// All of it, 200: the field is to be ignored, since its unit is unknown, it is malformed, or it asks for too much.
  case whole
  /// Nothing that it has, 416.
  case unsatisfiable
  /// One or more parts, 206, in the order asked for. None is empty, and all lie within the representation.
  case ranges([Range<Int64>])

  /// More parts than this nobody asks for who means well.
  package static let mostRanges = 16

  /// Reads the value of a Range against a representation of `length` bytes.
  ///
  /// A number beyond Int64 counts as the greatest: as an end it means the end, as a beginning it lies behind it. A part
  /// with its end before its beginning makes the whole value malformed. Parts behind the end are left out; where none
  /// is left, `unsatisfiable`, as always where `length` is 0.
  ///
  /// Where the parts are more than `mostRanges`, or together longer than the representation, those that overlap or
  /// touch become one, in the place of the first of them; where they still are too many, `whole`. So no value of this
  /// field moves more bytes of a file than its absence does. RFC 9110 §17.15
  package static func parse(
    _ value: String, length: Int64, mostRanges: Int = ByteRanges.mostRanges
  ) -> ByteRanges {
    var cursor = FieldCursor(value)
    cursor.skipWhitespace()
    guard cursor.takeRun(where: \.isTokenByte).isWord("bytes"), cursor.take("=") else { return .whole }
    cursor.skipEmptyMembers()
    // "bytes=" without a member is malformed, as is one with empty members alone.
    guard !cursor.isAtEnd else { return .whole }
    var ranges: [Range<Int64>] = []
    while !cursor.isAtEnd {
      guard let part = cursor.takeRangePart(), cursor.endMember() else { return .whole }
      if let range = part.range(in: length) { ranges.append(range) }
    }
    if ranges.isEmpty { return .unsatisfiable }
    if ranges.count > mostRanges || isLonger(ranges, than: length) { ranges = coalesced(ranges) }
    return ranges.count > mostRanges ? .whole : .ranges(ranges)
  }

  private static func isLonger(_ ranges: [Range<Int64>], than length: Int64) -> Bool {
    var left = length
    for range in ranges {
      left -= range.upperBound - range.lowerBound
      if left < 0 { return true }
    }
    return false
  }

  private static func coalesced(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
    var merged: [(place: Int, range: Range<Int64>)] = []
    for (place, range) in ranges.enumerated().sorted(by: { $0.element.lowerBound < $1.element.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.range.upperBound {
        let end = max(last.range.upperBound, range.upperBound)
        merged[merged.count - 1] = (min(last.place, place), last.range.lowerBound..<end)
      } else {
        merged.append((place, range))
      }
    }
    return merged.sorted { $0.place < $1.place }.map(\.range)
  }
}

/// `range-spec`
private enum RangePart {
  /// The positions of the first byte and of the last.
  case from(Int64, through: Int64)
  /// So many bytes at the end.
  case last(Int64)

  /// The bytes that it means of so many; nil where there are none of them.
  func range(in length: Int64) -> Range<Int64>? {
    switch self {
    case .from(let first, let last):
      first < length ? first..<(min(last, length - 1) + 1) : nil
    case .last(let count):
      count > 0 && length > 0 ? (length - min(count, length))..<length : nil
    }
  }
}

extension FieldCursor {
  fileprivate mutating func takeRangePart() -> RangePart? {
    if take("-") { return takeNumber().map(RangePart.last) }
    guard let first = takeNumber(), take("-") else { return nil }
    let last = takeNumber() ?? .max
    return first <= last ? .from(first, through: last) : nil
  }
}
