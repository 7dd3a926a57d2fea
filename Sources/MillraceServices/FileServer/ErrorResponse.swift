import MillraceHTTP

/// An answer that is no file: a page for people with the status and a sentence.
struct ErrorResponse: Sendable {
  let status: Int
  /// Field lines, each with its end.
  var fields = ""
  /// What else there is to say.
  var detail: String?

  init(_ status: Int, fields: String = "", detail: String? = nil) {
    self.status = status
    self.fields = fields
    self.detail = detail
  }

  func write(to head: borrowing HeadIndex, path: [UInt8]? = nil, into response: ResponseBuffer) -> ReadyAnswer {
    let page = ErrorPage(
      status: status, reason: ReasonPhrase.of(status), sentence: sentence, detail: detail, path: path
    ).bytes()
    response.beginHead(status)
    response.add("Content-Type: text/html; charset=utf-8\r\n")
    response.add(text: fields)
    response.addLength(Int64(page.count))
    response.endHead()
    if head.method == .head { return .inBuffer(status: status, body: 0) }
    response.add(page)
    return .inBuffer(status: status, body: page.count)
  }

  private var sentence: String {
    switch status {
    case 400: "The request is malformed."
    case 401: "This needs a token that the request does not have."
    case 403: "This may not be shown."
    case 404: "There is nothing at this address."
    case 405: "This cannot be done with what is at this address."
    case 409: "Something else stands in the way at this address."
    case 411: "The request does not say how long its body is."
    case 412: "What is at this address has changed since the client saw it."
    case 413: "The body is larger than what is taken here."
    case 415: "The body is in a form that is not taken here."
    case 416: "The file does not have the range that was asked for."
    case 429: "There are too many requests at the moment."
    case 501: "This method is not known here."
    case 503: "The server lacks what it would take to answer at the moment."
    case 507: "There is no room left to keep the body."
    default: status < 500 ? "The request cannot be answered." : "Something went wrong here."
    }
  }
}
