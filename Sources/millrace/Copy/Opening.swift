import LinuxCalls
import Millrace

/// Opens what a person named.
struct Opening: Sendable {
  let request: CopyRequest
  let patience: Patience
  /// Called with each address that it listens at.
  let announce: @Sendable (Address) -> Void

  /// The source, at the offset that was asked for.
  func source() async throws(Failure) -> OpenEnd {
    let end: OpenEnd
    switch request.source {
    case .standard:
      end = try OpenEnd(File(lending: .standardInput), name: request.sourceName, isLent: true)
    case .path(let path):
      if let facts = try? Linux.facts(ofPath: path) {
        if facts.kind == .directory {
          throw Failure("\(path) is a directory; a copy takes one stream of bytes, such as tar makes of a directory")
        }
        if facts.kind == .socket { return try await peer(.socket(atPath: path), request.sourceName) }
      }
      end = try OpenEnd(try await file(path, for: .read), name: path)
    default:
      end = try await peer(request.source, request.sourceName)
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
  func peer(_ place: Place, _ name: String) async throws(Failure) -> OpenEnd {
    switch place {
    case .tcp(let host, let port):
      let connection = try await patience.wait(orSay: "\(name) did not answer") { () async throws(EndpointError) in
        try await Connection.connect(host: host, port: port)
      }
      return OpenEnd(connection, name: name)
    case .unix(let path):
      let address = try Self.socketAddress(path)
      let connection = try await patience.wait(orSay: "\(name) did not answer") { () async throws(EndpointError) in
        try await Connection.connect(to: address)
      }
      return OpenEnd(connection, name: name)
    case .tcpListen(let host, let port):
      let addresses = try await listeningAddresses(host: host, port: port)
      let (connection, address) = try await acceptOne(at: addresses)
      return OpenEnd(connection, name: place.listening(at: address).name())
    case .unixListen(let path):
      return OpenEnd(try await acceptOne(at: [try Self.socketAddress(path)]).connection, name: name)
    case .standard, .path:
      throw Failure("\(name) is not a connection")
    }
  }

  func file(_ path: String, for access: File.Access) async throws(Failure) -> File {
    let isFIFO = (try? Linux.facts(ofPath: path))?.kind == .pipe
    let nobody = isFIFO ? "nobody opened the other side of \(path)" : "\(path) did not open"
    return try await patience.wait(orSay: nobody) { () async throws(EndpointError) in
      try await File.open(FilePath(path), for: access)
    }
  }

  private static func socketAddress(_ path: String) throws(Failure) -> Address {
    guard let address = Address(path: path) else {
      throw Failure("'\(path)' is not the path of a Unix socket, which has 1 to 107 bytes")
    }
    return address
  }

  /// Where to listen: the first of these that this machine has.
  private func listeningAddresses(host: String, port: UInt16) async throws(Failure) -> [Address] {
    if host.isEmpty { return Address.every(port: port) }
    if let address = Address(host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)") { return [address] }
    let found = try await patience.wait(orSay: "no address of \(host) was found") { () async throws(EndpointError) in
      try await Address.resolve(host: host, port: port)
    }
    guard let first = found.first else { throw Failure("cannot find \(host): it has no address") }
    return [first]
  }

  private func acceptOne(at addresses: [Address]) async throws(Failure) -> (connection: Connection, at: Address) {
    let listener = try Self.listen(at: addresses)
    let socket = Self.file(madeBy: listener.address)
    if let socket { Leftovers.add(socket) }
    defer {
      listener.close()
      if let socket { Leftovers.clear(socket) }
    }
    announce(listener.address)
    let connection = try await patience.wait(orSay: "nobody connected to \(listener.address)") {
      () async throws(EndpointError) in try await listener.accept()
    }
    return (connection, listener.address)
  }

  private static func listen(at addresses: [Address]) throws(Failure) -> Listener {
    do throws(EndpointError) { return try Listener.bind(toFirstOf: addresses, backlog: 1) } catch {
      throw Failure(error.description, errno: error.errno)
    }
  }

  /// The file that stands for a socket; none in the abstract namespace, whose "@" stands for a zero byte. unix(7)
  private static func file(madeBy address: Address) -> String? {
    address.path.flatMap { $0.hasPrefix("@") ? nil : $0 }
  }

  private func seek(_ end: OpenEnd, to offset: Int?) async throws(Failure) {
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
