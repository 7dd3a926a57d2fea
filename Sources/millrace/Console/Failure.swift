import LinuxCalls
import Millrace

/// Why the program stops: one sentence for the person who started it, and what a machine wants to know.
struct Failure: Error {
  enum Side: String, Sendable, Encodable { case source, destination }

  let sentence: String
  /// Whose fault it was; nil for neither side's.
  var side: Side?
  /// The kernel's reason, where it is one of the kernel's.
  var errno: Errno?
  /// The name of a failed copy's cause (`CopyError.Record`); nil of what failed before or after the copy.
  var cause: String?
  /// Nothing went wrong: it was asked to stop, by a signal or a time limit.
  var isStop = false

  init(_ sentence: String, side: Side? = nil, errno: Errno? = nil) {
    self.sentence = sentence
    self.side = side
    self.errno = errno
  }

  static func stopped(_ sentence: String) -> Failure {
    var failure = Failure(sentence)
    failure.isStop = true
    return failure
  }

  /// Does `body`, whose failures are those of this side.
  static func of<Value>(
    _ side: Side, _ body: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    do throws(Failure) {
      return try await body()
    } catch {
      var failure = error
      if !failure.isStop { failure.side = side }
      throw failure
    }
  }
}

/// Does `body`; an error of an endpoint is a sentence already.
func explained<Value>(_ body: () async throws(EndpointError) -> Value) async throws(Failure) -> Value {
  do throws(EndpointError) {
    return try await body()
  } catch {
    throw Failure(error.description, errno: error.errno)
  }
}
