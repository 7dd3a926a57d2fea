/// "HTTP/1.1 200 OK": those that are sent all the time are made once.
enum StatusLine {
  private static let ready: [Int: [UInt8]] = Dictionary(
    uniqueKeysWithValues: ReasonPhrase.all.map { ($0.key, make($0.key)) })
  private static let ok = make(200)

  static func append(_ status: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: status == 200 ? ok : ready[status] ?? make(status))
  }

  private static func make(_ status: Int) -> [UInt8] {
    Array("HTTP/1.1 \(status) \(ReasonPhrase.of(status))\r\n".utf8)
  }
}

/// What the registry calls a status. RFC 9110 §15, RFC 6585, RFC 4918
package enum ReasonPhrase {
  static let all: [Int: String] = [
    100: "Continue", 101: "Switching Protocols", 103: "Early Hints",
    200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content",
    300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect",
    400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
    409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
    414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
    421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked", 425: "Too Early", 426: "Upgrade Required",
    428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
  ]

  /// Empty for one that it does not know.
  package static func of(_ status: Int) -> String { all[status] ?? "" }
}
