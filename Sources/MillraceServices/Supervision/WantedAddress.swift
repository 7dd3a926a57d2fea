import LinuxCalls
import Millrace

/// An address to listen at, as it is looked for among sockets that listen already.
struct WantedAddress: Sendable {
  /// The addresses that it may be: `*` is every address of IPv6, or of IPv4.
  let places: [Address]

  init(_ places: [Address]) { self.places = places }

  /// Each of the addresses, once, in the order of their first.
  static func each(of addresses: [Address]) -> [WantedAddress] {
    var seen: Set<Address> = []
    return addresses.filter { seen.insert($0).inserted }.map { WantedAddress([$0]) }
  }

  /// For each of `wanted`, the places of the sockets that are at its address; none belongs to two. One that leaves the port
  /// to the kernel (port 0) gets those of one port that nobody else wants: that is how a successor finds the port which the
  /// kernel gave its predecessor.
  static func assign(_ sockets: [Address], to wanted: [WantedAddress]) -> [[Int]] {
    var free = Array(sockets.indices)
    var found = wanted.map { wanted in
      let mine = free.filter { place in wanted.places.contains { $0.isSamePlace(as: sockets[place]) } }
      free.removeAll { mine.contains($0) }
      return mine
    }
    for (number, wanted) in wanted.enumerated() where found[number].isEmpty {
      for host in wanted.places where host.port == 0 && found[number].isEmpty {
        guard let first = free.first(where: { host.isSameHost(as: sockets[$0]) }) else { continue }
        found[number] = free.filter { sockets[$0] == sockets[first] }
        free.removeAll { found[number].contains($0) }
      }
    }
    return found
  }
}

extension Address {
  /// A path has a zero byte after it or not, by whoever bound it.
  fileprivate func isSamePlace(as other: Address) -> Bool {
    if let path { return path == other.path }
    return self == other
  }

  fileprivate func isSameHost(as other: Address) -> Bool {
    guard let host, raw.family == other.raw.family else { return false }
    return host == other.host
  }
}
