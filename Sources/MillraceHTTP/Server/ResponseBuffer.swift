/// Where the bytes of responses are put together, before they are sent: one for each reactor, used again and again, and one
/// for each response that is made elsewhere.
package final class ResponseBuffer {
  @safe @exclusivity(unchecked) private var contents: [UInt8] = []
  /// What the response says of the connection; set before each.
  @safe @exclusivity(unchecked) private var connection = Persistence.keepsAlive
  private unowned let clock: HTTPClock

  /// What becomes of the connection after a response.
  package enum Persistence: Sendable {
    /// It stays, and in HTTP/1.1 nobody says so.
    case keepsAlive
    /// It stays, and a client of HTTP/1.0 has to be told.
    case keepsAliveExplicitly
    case closes
  }

  package init(_ clock: HTTPClock) { self.clock = clock }

  package var count: Int { contents.count }
  package var isEmpty: Bool { contents.isEmpty }

  func prepare(_ persistence: Persistence) { connection = persistence }

  /// What was prepared.
  package var persistence: Persistence { connection }

  package func clear() { contents.removeAll(keepingCapacity: true) }

  package func withBytes<Value, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let bytes = contents
    return try body(bytes.span)
  }

  /// Everything, taken out.
  package func take() -> [UInt8] {
    let bytes = contents
    clear()
    return bytes
  }

  /// The status line, Date, and what has to be said of the connection.
  package func beginHead(_ status: Int) {
    StatusLine.append(status, to: &contents)
    contents.append(contentsOf: clock.dateLine)
    switch connection {
    case .keepsAlive: break
    case .keepsAliveExplicitly: add("Connection: keep-alive\r\n")
    case .closes: add("Connection: close\r\n")
    }
  }

  package func endHead() {
    contents.append(Ascii.carriageReturn)
    contents.append(Ascii.lineFeed)
  }

  package func addLength(_ length: Int64) {
    add("Content-Length: ")
    add(number: length)
    endHead()
  }

  package func add(_ text: StaticString) {
    text.withUTF8Buffer { unsafe contents.append(contentsOf: $0) }
  }

  package func add(_ bytes: [UInt8]) { contents.append(contentsOf: bytes) }

  /// Text that is known to have no line ends.
  package func add(text: String) { contents.append(contentsOf: text.utf8) }

  package func add(number: Int64) { Self.append(number, to: &contents) }

  static func append(_ number: Int64, to contents: inout [UInt8]) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var place = 20
    var rest = UInt64(max(0, number))
    repeat {
      place -= 1
      digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for index in place..<20 { contents.append(digits[index]) }
  }
}
