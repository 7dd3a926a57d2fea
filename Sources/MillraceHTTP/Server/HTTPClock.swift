import LinuxCalls

/// The Date of responses, made once a second. Belongs to a reactor's thread.
package final class HTTPClock {
  @safe @exclusivity(unchecked) private var second: Int64 = -1
  @safe @exclusivity(unchecked) private var line: [UInt8] = []

  package init() {}

  /// "Date: Sun, 06 Nov 1994 08:49:37 GMT", and the line's end.
  var dateLine: [UInt8] {
    let now = Linux.wallClock / 1_000_000_000
    if now != second {
      second = now
      line = Array("Date: ".utf8) + (HTTPDate(seconds: now)?.text ?? []) + [Ascii.carriageReturn, Ascii.lineFeed]
    }
    return line
  }
}
