/// One direction of an exchange: where its bytes come from, where they go, and how.
///
/// Both ends are the kernel's: connections, pipe ends and files, with any wrappers. One that reads or writes by itself
/// (``ByteReader``, ``ByteWriter``) is refused with ``CopyError/Cause/unsupported(_:)``; two copies in two tasks are for
/// those. Fast paths of someone's own are not asked for.
public struct CopyDirection: Sendable {
  let request: CopyRequest

  /// By default the end of the source is passed on to the sink.
  public init(
    from source: some ByteSource, to sink: some ByteSink, options: CopyOptions = CopyOptions(passesEnd: true)
  ) {
    request = CopyRequest(source, sink, options)
  }
}

/// What an exchange did, direction by direction.
public struct ExchangeReport: Sendable, CustomStringConvertible {
  /// What the first direction did, or how it failed.
  public let forth: Result<CopyReport, CopyError>
  /// What the second direction did, or how it failed.
  public let back: Result<CopyReport, CopyError>
  /// Which direction was the first to fail; nil when both came to their end.
  public let firstToFail: Direction?
  /// Nil when both came to their end; otherwise the failure that came first.
  public var failure: CopyError? { firstToFail.flatMap { ($0 == .forth ? forth : back).failure } }
  /// Which direction came to its end first, well or not: the side that hung up, where nothing failed.
  public let firstToEnd: Direction

  /// One of the two.
  public enum Direction: String, Sendable, Codable { case forth, back }

  /// One line for a person.
  public var description: String { "forth: \(Self.line(forth)); back: \(Self.line(back))" }

  private static func line(_ result: Result<CopyReport, CopyError>) -> String {
    switch result {
    case .success(let report): report.description
    case .failure(let error): error.description
    }
  }
}

/// Copies both ways between two connections until both have said their last word, and passes each end on (half-close).
///
/// ```swift
/// let report = await exchange(between: client, and: upstream)
/// if let failure = report.failure { print("ended early: \(failure)") }
/// ```
///
/// Both directions run in the calling task, so that a connection that waits costs half of what two copies in two tasks
/// cost, and a byte either way counts against ``CopyOptions/idleTimeout``. Everything else is as in
/// ``copy(from:to:limit:options:)``, for each direction. Neither connection is closed.
///
/// - Parameters:
///   - options: for each direction.
///   - halfClosedTimeout: once one direction has come to its end, how long no byte may be delivered the other way before
///     that one ends with ``CopyError/Cause/idle``. Nil is as long as ``CopyOptions/idleTimeout`` says.
public func exchange(
  between one: Connection, and other: Connection, options: CopyOptions = CopyOptions(passesEnd: true),
  halfClosedTimeout: Duration? = nil
) async -> ExchangeReport {
  let run = ExchangeRun(one, other, options, halfClosedTimeout, on: Reactor.confining(#isolation))
  await run.drive()
  return run.outcome()
}

/// Copies in two directions at once, in the calling task, until both have come to their end.
///
/// Where a direction fails to read, its source is gone: the other direction ends with
/// ``CopyError/Cause/otherDirection``. Where it fails to write, the other goes on, for the peer that takes no more may
/// still have an answer to give. Cancelling the task ends both.
///
/// - Parameter halfClosedTimeout: as in ``exchange(between:and:options:halfClosedTimeout:)``.
public func exchange(
  _ forth: consuming CopyDirection, _ back: consuming CopyDirection, halfClosedTimeout: Duration? = nil
) async -> ExchangeReport {
  let run = ExchangeRun(forth.request, back.request, halfClosedTimeout, on: Reactor.confining(#isolation))
  // Nothing of what was asked for is kept by a frame that waits.
  _ = consume forth
  _ = consume back
  await run.drive()
  return run.outcome()
}

extension Result where Success == CopyReport, Failure == CopyError {
  /// How it failed; nil if it did not.
  package var failure: CopyError? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
