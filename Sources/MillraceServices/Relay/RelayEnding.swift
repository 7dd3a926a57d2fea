import Millrace

/// How a relayed connection ended.
public enum RelayEnding: Sendable, Equatable, CustomStringConvertible {
  /// Both sides said their last word; the client was the first.
  case clientClosed
  /// Both sides said their last word; the upstream was the first.
  case upstreamClosed
  /// One side broke the connection off; the other was reset, too.
  case resetBy(Side)
  /// Nothing moved for too long.
  case timedOut(Wait)
  /// No upstream took it: the client was reset.
  case noUpstream
  /// It had to begin with a PROXY header, and did not: why. It was reset.
  case proxyHeader(String)
  /// It was one too many, and was reset.
  case limit(String)
  /// The relay ended before it did, and reset both sides.
  case drained
  /// Something else failed, and both sides were reset: what.
  case failed(String)

  /// The two sides of a relay.
  public enum Side: String, Sendable { case client, upstream }

  /// What the time was too long for.
  public enum Wait: String, Sendable {
    /// A byte in either direction.
    case idle
    /// A byte, after one side had finished.
    case halfClosed = "half-closed"
  }

  /// As the log has it.
  public var description: String {
    switch self {
    case .clientClosed: "client closed"
    case .upstreamClosed: "upstream closed"
    case .resetBy(let side): "reset by \(side.rawValue)"
    case .timedOut(let wait): "timed out \(wait.rawValue)"
    case .noUpstream: "no upstream"
    case .proxyHeader(let reason): "PROXY header: \(reason)"
    case .limit(let which): "limit: \(which)"
    case .drained: "drained"
    case .failed(let reason): "failed: \(reason)"
    }
  }

  /// The endings without what differs from one connection to the next: what metrics count by.
  enum Reason: String, CaseIterable, Sendable {
    case clientClosed = "client_closed"
    case upstreamClosed = "upstream_closed"
    case resetByClient = "reset_by_client"
    case resetByUpstream = "reset_by_upstream"
    case timedOutIdle = "timed_out_idle"
    case timedOutHalfClosed = "timed_out_half_closed"
    case noUpstream = "no_upstream"
    case proxyHeader = "proxy_header"
    case limit, drained, failed
  }

  var reason: Reason {
    switch self {
    case .clientClosed: .clientClosed
    case .upstreamClosed: .upstreamClosed
    case .resetBy(.client): .resetByClient
    case .resetBy(.upstream): .resetByUpstream
    case .timedOut(.idle): .timedOutIdle
    case .timedOut(.halfClosed): .timedOutHalfClosed
    case .noUpstream: .noUpstream
    case .proxyHeader: .proxyHeader
    case .limit: .limit
    case .drained: .drained
    case .failed: .failed
    }
  }

  /// From what the exchange of client (forth) and upstream (back) came to.
  init(_ report: ExchangeReport, isAborted: Bool) {
    guard let failure = report.failure else {
      self = report.firstToEnd == .forth ? .clientClosed : .upstreamClosed
      return
    }
    let isForth = report.firstToFail == .forth
    switch failure.cause {
    case .closed where isAborted, .cancelled: self = .drained
    case .idle:
      let other = isForth ? report.back : report.forth
      self = .timedOut(other.failure == nil ? .halfClosed : .idle)
    case .call(_, let errno) where [.connectionReset, .brokenPipe].contains(errno):
      // The client is the source of what goes forth, and the sink of what comes back.
      let isClient = (failure.side == .source) == isForth
      self = .resetBy(isClient ? .client : .upstream)
    default: self = .failed("\(failure)")
    }
  }

  /// Nothing failed: both ends may be closed as they are.
  var isClean: Bool { self == .clientClosed || self == .upstreamClosed }
}
