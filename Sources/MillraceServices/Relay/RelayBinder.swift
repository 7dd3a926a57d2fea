import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// Listens on every reactor: by a socket each (SO_REUSEPORT) for TCP, by one that all share for a Unix path.
struct RelayBinder {
  let options: ConnectionOptions
  let reactors: Reactors

  /// For each reactor, the listeners in the order of the addresses.
  func bind(_ addresses: [ServiceAddress]) async throws -> [[Listener]] {
    var made: [[Listener]] = reactors.all.map { _ in [] }
    do {
      for address in addresses {
        for (place, listener) in try await bind(address).enumerated() {
          made[place % reactors.all.count].append(listener)
        }
      }
      return made
    } catch {
      for listener in made.joined() { listener.close() }
      throw error
    }
  }

  private func bind(_ address: ServiceAddress) async throws -> [Listener] {
    switch address {
    case .unix(let path):
      guard let place = Address(path: path) else { return [] }
      try await removeAbandoned(path)
      let first = try Listener.bind(to: place, options: options, on: reactors.all[0])
      return [first] + (try reactors.all.dropFirst().map { try first.shared(on: $0) })
    case .tcp(let host, let port):
      let first = try Listener.bind(
        toFirstOf: try await listening(host, port), reusePort: true, options: options, on: reactors.all[0])
      // With the port that the kernel chose.
      return [first]
        + (try reactors.all.dropFirst().map {
          try Listener.bind(to: first.address, reusePort: true, options: options, on: $0)
        })
    }
  }

  private func listening(_ host: String, _ port: UInt16) async throws -> [Address] {
    if host == "*" { return Address.every(port: port) }
    let found = try await Address.resolve(host: host, port: port)
    guard let first = found.first else {
      throw EndpointError("listen on", "\(host):\(port)", reason: "it has no address")
    }
    return [first]
  }

  /// A socket that nobody listens on any more is what a process leaves that was killed. unix(7)
  private func removeAbandoned(_ path: String) async throws {
    guard !path.hasPrefix("@"), let place = Address(path: path) else { return }
    do throws(EndpointError) {
      let connection = try await Connection.connect(to: place, timeout: .seconds(1))
      connection.close()
    } catch {
      guard error.errno == .connectionRefused else { return }
      try? Linux.unlink(path)
    }
  }
}
