import ArgumentParser
import Millrace

/// What a person can name as SOURCE or DESTINATION.
enum Place: Sendable, Equatable {
  /// "-": standard input or output.
  case standard
  case path(String)
  case tcp(host: String, port: UInt16)
  case unix(path: String)
  case tcpListen(host: String, port: UInt16)
  case unixListen(path: String)

  /// Reads an argument. Throws a sentence that says what was expected.
  init(argument: String) throws {
    if argument == "-" {
      self = .standard
    } else if let rest = argument.dropping("tcp://") {
      let (host, port) = try Self.hostAndPort(rest, in: argument)
      guard !host.isEmpty else { throw ValidationError("'\(argument)' lacks a host, as in tcp://localhost:9000") }
      guard port > 0 else { throw ValidationError("'\(argument)' has port 0, which nobody can connect to") }
      self = .tcp(host: host, port: port)
    } else if let rest = argument.dropping("tcp-listen://") {
      let (host, port) = try Self.hostAndPort(rest, in: argument)
      self = .tcpListen(host: host, port: port)
    } else if let path = argument.dropping("unix:") {
      self = .unix(path: try Self.socketPath(path, in: argument))
    } else if let path = argument.dropping("unix-listen:") {
      self = .unixListen(path: try Self.socketPath(path, in: argument))
    } else if let scheme = argument.range(ofScheme: "://") {
      throw ValidationError(
        "'\(scheme)://' is none of tcp://, tcp-listen://, unix: and unix-listen: (for a file of that name, write ./\(argument))"
      )
    } else if argument.isEmpty {
      throw ValidationError("it is empty; expected a path, -, tcp://host:port or unix:/path")
    } else {
      self = .path(argument)
    }
  }

  private static func hostAndPort(_ text: String, in argument: String) throws -> (String, UInt16) {
    guard let colon = text.lastIndex(of: ":") else {
      throw ValidationError("'\(argument)' lacks a port, as in tcp://localhost:9000")
    }
    let portText = text[text.index(after: colon)...]
    guard let port = UInt16(portText) else {
      throw ValidationError("'\(portText)' in '\(argument)' is not a port, which is a number from 0 to 65535")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw ValidationError("an IPv6 address stands in brackets, as in tcp://[::1]:9000; not '\(argument)'")
    }
    return (host == "*" ? "" : String(host), port)
  }

  private static func socketPath(_ path: String, in argument: String) throws -> String {
    // unix(7): sun_path has 108 bytes, the last of them zero.
    guard !path.isEmpty, path.utf8.count <= 107 else {
      throw ValidationError("the path of a Unix socket has 1 to 107 bytes; '\(argument)' has \(path.utf8.count)")
    }
    return path
  }
}

extension Place {
  /// The socket that a path leads to. A "@" at its beginning would name the abstract namespace. unix(7)
  static func socket(atPath path: String) -> Place { .unix(path: path.hasPrefix("@") ? "./\(path)" : path) }

  /// The same with the port that the kernel chose.
  func listening(at address: Address) -> Place {
    if case .tcpListen(let host, 0) = self, let port = address.port { .tcpListen(host: host, port: port) } else { self }
  }

  /// What to call it in a sentence; `isSource` tells which of the standard streams is meant.
  func name(isSource: Bool = false) -> String {
    switch self {
    case .standard: isSource ? "standard input" : "standard output"
    case .path(let path): path
    case .tcp(let host, let port), .tcpListen(let host, let port):
      host.contains(":") ? "[\(host)]:\(port)" : "\(host.isEmpty ? "*" : host):\(port)"
    case .unix(let path), .unixListen(let path): path
    }
  }
}

extension String {
  fileprivate func dropping(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }

  fileprivate func range(ofScheme separator: String) -> String? {
    let scheme = prefix { $0.isASCII && ($0.isLetter || $0 == "-" || $0 == "+") }
    return !scheme.isEmpty && dropFirst(scheme.count).hasPrefix(separator) ? String(scheme) : nil
  }
}
