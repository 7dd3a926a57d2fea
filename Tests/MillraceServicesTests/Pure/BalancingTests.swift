@testable import MillraceServices
import Testing

@Suite("Sharing out connections")
struct BalancingTests {
  @Test("in turn: each as often as its weight says, spread evenly")
  func turns() {
    var credits = [0, 0, 0]
    let taken = (0..<14).map { _ in Balancing.takeTurn(among: [0, 1, 2], [5, 1, 1], credits: &credits) }
    // The order that smooth weighted round robin is known for, twice.
    #expect(taken == [0, 0, 1, 0, 2, 0, 0] + [0, 0, 1, 0, 2, 0, 0])
    #expect(credits == [0, 0, 0])
    var none: [Int] = []
    let nobody = Balancing.takeTurn(among: [], [], credits: &none)
    #expect(nobody == nil)
    // Those that are no candidates neither gain nor lose.
    credits = [0, 7, 0]
    #expect((0..<4).map { _ in Balancing.takeTurn(among: [0, 2], [3, 1, 1], credits: &credits) } == [0, 0, 2, 0])
    #expect(credits == [0, 7, 0])
  }

  @Test("to the fewest connections for the weight")
  func least() {
    #expect(Balancing.leastLoaded([3, 1, 2], [1, 1, 1]) == [1])
    #expect(Balancing.leastLoaded([4, 2, 3], [4, 1, 1]) == [0])
    #expect(Balancing.leastLoaded([2, 1, 4], [2, 1, 4]) == [0, 1, 2])
    #expect(Balancing.leastLoaded([], []) == [])
  }

  /// given clients shared out by their hash; when one upstream goes; then only its own clients move.
  @Test("by hash: only the clients of an upstream that goes are moved")
  func hashStays() throws {
    let all = (0..<7).map { (hash: Balancing.hash("10.0.0.\($0):443".utf8), weight: 1) }
    let without = Array(all[..<3] + all[4...])
    for client in 0..<2000 {
      let hash = Balancing.hash("192.0.2.\(client)".utf8)
      let before = try #require(Balancing.byHash(hash, all))
      let after = try #require(Balancing.byHash(hash, without))
      if before != 3 { #expect(without[after].hash == all[before].hash) }
    }
  }

  @Test("by hash: in the proportion of the weights")
  func hashWeights() throws {
    let all = [1, 2, 5].enumerated().map { (hash: Balancing.hash("up\($0)".utf8), weight: $1) }
    var counts = [0, 0, 0]
    for client in 0..<8000 { counts[try #require(Balancing.byHash(Balancing.hash("client \(client)".utf8), all))] += 1 }
    for (count, expected) in zip(counts, [1000, 2000, 5000]) {
      #expect(abs(count - expected) < expected / 8, "\(counts)")
    }
  }
}
