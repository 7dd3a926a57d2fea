import LinuxCalls
import Millrace
import Testing

@testable import MillraceServices

@Suite("A pool of upstreams", .timeLimit(.minutes(8)))
struct UpstreamPoolTests {
  private let names = Names()
  private let log = LogCapture()

  private func pool(_ targets: [UpstreamTarget]) async -> UpstreamPool {
    let pool = UpstreamPool(
      targets, balance: .roundRobin, policy: .init(after: 1, first: .max / 4, most: .max / 4), logger: log.logger,
      resolver: { [names] target throws(EndpointError) in try await names.addresses(of: target) })
    _ = await pool.resolve()
    return pool
  }

  private func name(_ name: String, weight: Int = 1) -> UpstreamTarget {
    UpstreamTarget(.tcp(host: name, port: 1), weight: weight)
  }

  /// given targets that are replaced while the resolver takes its time over the first; then the members are those from before
  /// until all is known, and the second name did not wait for the first.
  @Test("is what it was until the addresses of its new targets are known")
  func inOneStep() async throws {
    names.set("a", to: [1])
    names.set("b", to: [2])
    let pool = await pool([name("a")])
    names.hold("slow")
    let replacing = Task { await pool.replaceTargets(by: [name("slow"), name("b")]) }
    await names.untilAsked(for: "slow")
    await names.untilAsked(for: "b")
    #expect(pool.all.map(\.address) == [Names.address(1)])
    names.set("slow", to: [3])
    let (isDone, failures) = await replacing.value
    #expect(isDone)
    #expect(failures.isEmpty)
    #expect(pool.all.map(\.address) == [Names.address(3), Names.address(2)])
  }

  /// given two names, of which the first one's servers do not answer; when they are resolved; then the second has its members
  /// meanwhile.
  @Test("has the members of a name as soon as they are known, whichever other names are slow")
  func slowName() async throws {
    names.set("b", to: [2])
    names.hold("slow")
    let pool = UpstreamPool(
      [name("slow"), name("b")], balance: .roundRobin, policy: .init(after: 1, first: 1, most: 1), logger: log.logger,
      resolver: { [names] target throws(EndpointError) in try await names.addresses(of: target) })
    let resolving = Task { await pool.resolve() }
    let change = await log.line { $0.message.hasSuffix("changed") }
    #expect(change.message.contains("b:1"))
    #expect(pool.all.map(\.address) == [Names.address(2)])
    names.set("slow", to: [1])
    #expect(await resolving.value.isEmpty)
    #expect(pool.all.map(\.address) == [Names.address(1), Names.address(2)])
  }

  /// given an address that moves from one name to another, of which the one that loses it is answered first; then what is known
  /// of it stays.
  @Test("keeps what it knows of an address that moves from one name to another")
  func moves() async throws {
    names.set("a", to: [1])
    names.set("b", to: [2])
    let pool = await pool([name("a"), name("b")])
    let second = try #require(pool.all.last)
    second.begin()
    names.hold("a")
    names.set("b", to: [3])
    let resolving = Task { await pool.resolve() }
    await log.line { $0.message.contains("b:1 changed") && "\($0["new"] ?? "")".contains("3") }
    names.set("a", to: [2])
    _ = await resolving.value
    #expect(pool.all.map(\.address) == [Names.address(2), Names.address(3)])
    #expect(pool.all.first === second)
    #expect(pool.all.first?.openConnections == 1)
    second.end()
  }

  /// given a member that is left out and one with open connections; when a target has another weight and the other another
  /// name for the same address; then both are who they were, and the new weight counts.
  @Test("keeps what it knows of an address that stays, whatever its weight and its name are")
  func keeps() async throws {
    names.set("a", to: [1])
    names.set("b", to: [2])
    names.set("c", to: [2])
    let pool = await pool([name("a"), name("b")])
    let before = pool.all
    try #require(before.count == 2)
    before[0].begin()
    before[0].begin()
    pool.noteFailure(of: before[1], EndpointError("connect to", "b", reason: "test"))
    _ = await pool.replaceTargets(by: [name("gone"), name("a", weight: 3), name("c")])
    #expect(pool.all.map(ObjectIdentifier.init) == before.map(ObjectIdentifier.init))
    #expect(pool.all.map(\.openConnections) == [2, 0])
    #expect(pool.all.map { $0.isUp(at: 0) } == [true, false])
    pool.noteSuccess(of: before[1])
    var counts: [Address: Int] = [:]
    for _ in 0..<40 { counts[try #require(pool.choose(for: 0, at: 0, besides: [])).address, default: 0] += 1 }
    #expect(counts == [Names.address(1): 30, Names.address(2): 10])
  }

  /// given two names, the first of which cannot be resolved any more; when they get other weights; then both keep their
  /// members; and when all that is left are names that were never resolved, then nothing changes.
  @Test("keeps the members of a target that cannot be resolved, and everything when nobody would be left")
  func unresolved() async throws {
    names.set("a", to: [1])
    names.set("b", to: [2])
    let pool = await pool([name("a"), name("b")])
    let before = pool.all.map(ObjectIdentifier.init)
    names.set("a", to: nil)
    let second = await pool.replaceTargets(by: [name("a", weight: 2), name("b", weight: 5)])
    #expect(second.isDone)
    #expect(second.failures.count == 1)
    #expect(pool.all.map(ObjectIdentifier.init) == before)
    let third = await pool.replaceTargets(by: [name("gone"), name("lost")])
    #expect(!third.isDone)
    #expect(third.failures.count == 2)
    #expect(pool.all.map(ObjectIdentifier.init) == before)
    // The targets are the old ones still.
    names.set("a", to: [1, 4])
    _ = await pool.resolve()
    #expect(pool.all.map(\.address) == [1, 4, 2].map(Names.address))
  }

  /// given a name that is resolved at first; when that fails several times, and then does not any more; then the failure is
  /// new once, the log says once that it is over, and the members are the same all the time.
  @Test("says once that a name cannot be resolved, and once that it can again")
  func news() async throws {
    names.set("a", to: [1])
    let pool = await pool([name("a"), name("lost")])
    names.set("a", to: nil)
    #expect(await pool.resolve().map(\.subject) == ["a"])
    #expect(await pool.resolve().isEmpty)
    #expect(pool.all.map(\.address) == [Names.address(1)])
    names.set("a", to: [1])
    for _ in 0..<2 { #expect(await pool.resolve().isEmpty) }
    #expect(log.lines.filter { $0.message.contains("again") }.map(\.message) == ["tcp://a:1 is resolved again"])
    names.set("a", to: nil)
    #expect(await pool.resolve().map(\.subject) == ["a"])
  }
}
