import Glibc

/// How connections are shared out among the upstreams that are up.
public enum Balance: String, Sendable, CaseIterable {
  /// In turn, each as often as its weight says, spread evenly.
  case roundRobin = "round-robin"
  /// To the one with the fewest open connections for its weight; in turn among equals.
  case leastConnections = "least-connections"
  /// By the client's address, without its port: the same client to the same upstream for as long as that is up. When one
  /// goes or comes, only the clients that were or will be its own move (rendezvous hashing). Clients over Unix sockets
  /// have no address, and are all one client.
  case clientHash = "client-hash"
}

/// The choice itself, on plain numbers.
enum Balancing {
  /// Smooth weighted round robin: every candidate gains its weight, the one with the most is taken and gives back what all
  /// have gained. `credits` are kept between choices. Answers one of `places`, which are those of candidates in `weights`
  /// and `credits`.
  static func takeTurn(among places: [Int], _ weights: [Int], credits: inout [Int]) -> Int? {
    guard var best = places.first else { return nil }
    var sum = 0
    for place in places {
      credits[place] += weights[place]
      sum += weights[place]
      if credits[place] > credits[best] { best = place }
    }
    credits[best] -= sum
    return best
  }

  /// The places with the fewest connections for their weight.
  static func leastLoaded(_ loads: [Int], _ weights: [Int]) -> [Int] {
    var best: [Int] = []
    for index in loads.indices {
      guard let first = best.first else {
        best = [index]
        continue
      }
      // Cross-multiplied, so that no fraction is rounded.
      let (mine, bar) = (loads[index] * weights[first], loads[first] * weights[index])
      if mine < bar { best = [index] } else if mine == bar { best.append(index) }
    }
    return best
  }

  /// Rendezvous hashing with weights: each candidate draws a number in (0, 1) from its own and the client's hash, and the
  /// greatest of -weight / ln(number) wins.
  static func byHash(_ client: UInt64, _ candidates: [(hash: UInt64, weight: Int)]) -> Int? {
    var best: (index: Int, score: Double)?
    for (index, candidate) in candidates.enumerated() {
      let drawn = (Double(mix(client ^ candidate.hash) >> 11) + 0.5) / Double(1 << 53)
      let score = -Double(candidate.weight) / log(drawn)
      if best.map({ score > $0.score }) ?? true { best = (index, score) }
    }
    return best?.index
  }

  /// FNV-1a, and a finisher that spreads what differs in the last byte alone.
  static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    mix(bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
