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

  /// given a file in memory and a sink that always takes it; when one task makes many small copies, none of which ever has to
  /// wait; then another one has its turn long before they are all made.
  @Test("or makes many small copies lets others have their turn")
  func copies() async throws {
    let reactors = try MatrixReactor()
    let number = try PlainFile.make(Pattern.bytes(100))
    try await reactors.group.all[0].task {
      let reactor = try #require(Reactor.current)
      let file = File(taking: FileDescriptor(rawValue: number))
      let section = file.section(offset: 0, length: 100)
      let (near, far) = try Connection.pair()
      let other = reactor.task { () in ContinuousClock.now }
      var turns: [ContinuousClock.Instant] = []
      for _ in 0..<200 {
        try await copy(from: section, to: near)
        turns.append(.now)
      }
      let ran = try await other.value
      let before = turns.prefix { $0 < ran }.count
      #expect(before < 40, "\(before) copies went before the other task")
      near.close()
      far.close()
      file.close()
    }.value
    try await reactors.expectNothingLeased()
  }
}
