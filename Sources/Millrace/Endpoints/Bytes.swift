/// Bytes in memory, as a source.
public struct Bytes: Sendable {
  /// The bytes.
  public let array: [UInt8]

  /// A source of `array`.
  public init(_ array: [UInt8]) { self.array = array }

  /// A source of the text's UTF-8 bytes.
  public init(_ text: String) { array = Array(text.utf8) }

  /// How many there are.
  public var count: Int { array.count }
}
