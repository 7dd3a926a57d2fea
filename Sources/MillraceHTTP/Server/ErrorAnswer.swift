/// What a server says by itself when a request cannot be answered.
enum ErrorAnswer {
  /// Answers with how many bytes of it are the body's.
  static func write(_ status: Int, _ sentence: String, into response: ResponseBuffer) -> Int {
    let text = Array("\(status) \(ReasonPhrase.of(status)): \(sentence)\n".utf8)
    response.beginHead(status)
    response.add("Content-Type: text/plain; charset=utf-8\r\n")
    response.addLength(Int64(text.count))
    response.endHead()
    response.add(text)
    return text.count
  }
}
