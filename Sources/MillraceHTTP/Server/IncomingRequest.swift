public import HTTPTypes
import LinuxCalls
public import Millrace

/// A request, as a handler gets it.
public struct IncomingRequest: Sendable {
  /// The head, of which text is made when it is asked for.
  public let head: RequestHead
  let exchange: Exchange

  /// The method.
  public var method: HTTPRequest.Method { head.method }

  /// The path of the target, not decoded: "/a%20b".
  public var path: String { head.path }

  /// What follows the path's "?"; nil where there is none.
  public var query: String? { head.query }

  /// The client's address; nil of one over a Unix socket.
  public var client: Address? { exchange.connection.address.raw.map(Address.init(raw:)) }

  /// How many bytes the body has; nil where only its end will tell (chunked). 0 where there is none.
  public var bodyLength: Int64? {
    switch head.framing {
    case .none: 0
    case .length(let count): count
    case .chunked, .untilClose: nil
    }
  }

  /// The body, a source. It is on its way from now on: a client that waits to be asked for it (Expect: 100-continue) is
  /// asked, and suspends this until that is sent.
  ///
  /// - Parameter most: the most bytes; a body that announces more throws 413 here, and one that has no length where it
  ///   is exceeded.
  public func body(atMost most: Int64) async throws -> RequestBody { try await exchange.openBody(atMost: most) }

  /// Copies a source that is made of the body into a file, by the terms of the connection, and notes for the log which way the
  /// bytes went.
  package func receive(_ source: some ByteSource, into file: File) async throws(CopyError) {
    try await exchange.receive(source, into: file)
  }

  /// All of the body, in memory. Throws ``HTTPFailure`` with 413 where that is more than `most` bytes.
  public func readBody(atMost most: Int) async throws -> [UInt8] {
    try await readAll(from: try await body(atMost: Int64(most)))
  }
}
