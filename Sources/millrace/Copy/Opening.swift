import LinuxCalls
import Millrace

/// Opens what a person named.
enum Opening {
  /// The source, at the offset that was asked for.
  static func source(_ request: CopyRequest, announce: @Sendable (Address) -> Void) async throws(Failure) -> OpenEnd {
    let end: OpenEnd
    switch request.source {
    case .standard:
      end = try OpenEnd(File(lending: .standardInput), name: request.sourceName, isLent: true)
    case .path(let path):
      if let facts = try? Linux.facts(ofPath: path) {
        if facts.kind == .directory {
          throw Failure("\(path) is a directory; a copy takes one stream of bytes, such as tar makes of a directory")
        }
        if facts.kind == .socket { return try await peer(.unix(path: path), request.sourceName, announce) }
      }
      end = try OpenEnd(try await file(path, for: .read), name: path)
    default:
      end = try await peer(request.source, request.sourceName, announce)
    }
    do throws(Failure) {
      try await seek(end, to: request.offset)
    } catch {
      end.close()
      throw error
    }
    return end
  }

  /// The other side of a connection.
  static func peer(
    _ place: Place, _ name: String, _ announce: @Sendable (Address) -> Void
  ) async throws(Failure) -> OpenEnd {
    switch place {
    case .tcp(let host, let port):
      let connection = try await explained { () async throws(EndpointError) in
        try await Connection.connect(host: host, port: port)
      }
      return OpenEnd(connection, name: name)
    case .unix(let path):
      let address = try socketAddress(path)
      let connection = try await explained { () async throws(EndpointError) in
        try await Connection.connect(to: address)
      }
      return OpenEnd(connection, name: name)
    case .tcpListen(let host, let port):
      return OpenEnd(try await acceptOne(at: try await listeningAddress(host: host, port: port), announce), name: name)
    case .unixListen(let path):
      return OpenEnd(try await acceptOne(at: try socketAddress(path), announce), name: name)
    case .standard, .path:
      throw Failure("\(name) is not a connection")
    }
  }

  static func file(_ path: String, for access: File.Access) async throws(Failure) -> File {
    try await explained { () async throws(EndpointError) in try await File.open(FilePath(path), for: access) }
  }

  private static func socketAddress(_ path: String) throws(Failure) -> Address {
    guard let address = Address(path: path) else {
      throw Failure("'\(path)' is not the path of a Unix socket, which has 1 to 107 bytes")
    }
    return address
  }

  private static func listeningAddress(host: String, port: UInt16) async throws(Failure) -> Address {
    // No host is every address of this machine, of both families: an IPv6 socket takes IPv4 too. ipv6(7)
    if host.isEmpty { return Address("[::]:\(port)") ?? Address(v4: 0, 0, 0, 0, port: port) }
    if let address = Address(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)") { return address }
    let found = try await explained { () async throws(EndpointError) in
      try await Address.resolve(host: host, port: port)
    }
    guard let first = found.first else { throw Failure("cannot find \(host): it has no address") }
    return first
  }

  private static func acceptOne(
    at address: Address, _ announce: @Sendable (Address) -> Void
  ) async throws(Failure) -> Connection {
    try await explained { () async throws(EndpointError) in
      let listener = try Listener.bind(to: address, backlog: 1)
      if let path = address.path { Leftovers.add(path) }
      defer {
        listener.close()
        if let path = address.path { Leftovers.clear(path) }
      }
      announce(listener.address)
      return try await listener.accept()
    }
  }

  private static func seek(_ end: OpenEnd, to offset: Int?) async throws(Failure) {
    guard let offset else { return }
    guard let file = end.fileWithPositions else {
      throw Failure("--offset needs a source with positions, and \(end.name) is a \(end.kind.rawValue)")
    }
    // Files in /proc have a size of 0 and bytes all the same.
    if let size = end.facts?.size, size > 0, Int64(offset) > size {
      throw Failure("--offset \(offset) is behind the end of \(end.name), which has \(size) bytes")
    }
    file.position = Int64(offset)
  }
}
