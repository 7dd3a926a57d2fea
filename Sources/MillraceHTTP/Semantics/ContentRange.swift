/// The value of a Content-Range. RFC 9110 §14.4
package enum ContentRange {
  /// Of a 206, or a part of one: `bytes 0-499/1234`. `range` is not empty and lies within `length`.
  package static func text(for range: Range<Int64>, of length: Int64) -> String {
    precondition(!range.isEmpty, "A Content-Range cannot say that it has no bytes.")
    return "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
  }

  /// Of a 416: `bytes */1234`.
  package static func text(forUnsatisfiedOf length: Int64) -> String {
    "bytes */\(length)"
  }
}
