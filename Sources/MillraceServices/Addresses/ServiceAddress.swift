import Millrace

/// Where a service listens or connects, as a person writes it: `tcp://host:port`, `tcp://[::1]:port`, `unix:/path`,
/// `unix:@name` for the abstract namespace. unix(7)
public enum ServiceAddress: Sendable, Hashable, CustomStringConvertible {
  /// A name or a number, and a port. `*` as a host to listen on is every address, of IPv6 and IPv4.
  case tcp(host: String, port: UInt16)
  /// A path, or a name with "@" before it.
  case unix(path: String)

  /// Why a text is no address: what was expected.
  public struct Malformed: Error, Sendable, CustomStringConvertible {
    /// One clause.
    public let description: String
  }

  /// Reads what a person wrote.
  public init(_ text: String) throws(Malformed) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard Address(path: path) != nil else {
        throw Malformed(description: "a path of 1 to 107 bytes is expected after unix:")
      }
      self = .unix(path: path)
      return
    }
    guard text.hasPrefix("tcp://") else { throw Malformed(description: "tcp://host:port or unix:/path is expected") }
    let rest = text.dropFirst(6)
    guard let colon = rest.lastIndex(of: ":") else {
      throw Malformed(description: "a port is missing: tcp://host:port")
    }
    var host = rest[..<colon]
    let number = rest[rest.index(after: colon)...]
    guard let port = UInt16(number), number.allSatisfy(\.isNumber) else {
      throw Malformed(description: "a port is a number from 0 to 65535, not '\(number)'")
    }
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw Malformed(description: "an IPv6 address stands in brackets: tcp://[::1]:port")
    }
    guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" }) else {
      throw Malformed(description: "a host is missing: tcp://host:port")
    }
    self = .tcp(host: String(host), port: port)
  }

  /// As it is written.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Every address it stands for now. Suspends for the resolver, at most for `timeout`.
  func resolve(timeout: Duration?) async throws(EndpointError) -> [Address] {
    switch self {
    case .tcp(let host, let port): return try await Address.resolve(host: host, port: port, timeout: timeout)
    case .unix(let path): return [Address(path: path)].compactMap { $0 }
    }
  }
}
