public import HTTPTypes

/// Thrown by a handler that has not answered: the answer has this status, and a sentence for people.
public struct HTTPFailure: Error, Sendable, CustomStringConvertible {
  /// The status of the answer.
  public let status: HTTPResponse.Status
  /// Why, for the client.
  public let description: String

  /// An answer with `status` and a text of one sentence.
  public init(_ status: HTTPResponse.Status, _ sentence: String) {
    self.status = status
    description = sentence
  }
}
