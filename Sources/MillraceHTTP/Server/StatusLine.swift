import HTTPTypes

/// "HTTP/1.1 200 OK": those that are sent all the time are made once.
enum StatusLine {
  private static let ready: [Int: [UInt8]] = Dictionary(
    uniqueKeysWithValues: [200, 204, 206, 301, 304, 400, 403, 404, 405, 412, 416].map { ($0, make($0)) })
  private static let ok = make(200)

  static func append(_ status: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: status == 200 ? ok : ready[status] ?? make(status))
  }

  private static func make(_ status: Int) -> [UInt8] {
    Array("HTTP/1.1 \(status) \(reason(status))\r\n".utf8)
  }

  /// The phrase that the registry has for it; empty for one that it does not know.
  static func reason(_ status: Int) -> String { HTTPResponse.Status(code: status).reasonPhrase }
}
