import Millrace
import Reactors
import Testing

@Suite("A task that always gets what it asks for")
struct ShareTests {
  /// given a connection with bytes for a thousand reads, so that none of them ever has to wait; when one task reads them
  /// and another one is ready to run; then the other one has its turn long before the first is done.
  @Test("lets others on its reactor have their turn")
  func turn() async throws {
    let reactors = try MatrixReactor()
    try await reactors.group.all[0].task {
      let reactor = try #require(Reactor.current)
      let (near, far) = try Connection.pair()
      try await far.write(Pattern.bytes(1000))
      let other = reactor.task { () in ContinuousClock.now }
      var count = 0
      var turns: [ContinuousClock.Instant] = []
      while count < 1000 {
        count += try await near.read(upTo: 1).count
        turns.append(.now)
      }
      let ran = try await other.value
      let before = turns.prefix { $0 < ran }.count
      #expect(before < 40, "\(before) reads went before the other task")
      near.close()
      far.close()
    }.value
    try await reactors.expectNothingLeased()
  }
}
