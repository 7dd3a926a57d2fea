/// What a server says by itself when a request cannot be answered.
enum ErrorAnswer {
  /// Answers with how many bytes of it are the body's.
  ///
  /// - Parameter hasBody: false for what answers HEAD, and for statuses that have none.
  static func write(_ status: Int, _ sentence: String, hasBody: Bool = true, into response: ResponseBuffer) -> Int {
    let text = Array("\(status) \(ReasonPhrase.of(status)): \(sentence)\n".utf8)
    response.beginHead(status)
    response.add("Content-Type: text/plain; charset=utf-8\r\n")
    if status != 204, status != 304 { response.addLength(Int64(text.count)) }
    response.endHead()
    guard hasBody else { return 0 }
    response.add(text)
    return text.count
  }
}
