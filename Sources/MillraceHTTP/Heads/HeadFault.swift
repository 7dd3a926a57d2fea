/// What is wrong with a head or with the framing of a body. Whoever finds one answers with its status, where it answers, and
/// closes the connection: where the next message would begin nobody knows.
public struct HeadFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// The status of the answer: 400, 414, 417, 431, 501 or 505.
  public let status: Int
  /// What was found and what was expected.
  public let description: String

  package init(_ status: Int, _ description: String) {
    self.status = status
    self.description = description
  }

  /// 400, Bad Request.
  package init(_ description: String) { self.init(400, description) }
}
