@testable import MillraceServices
import Testing

@Suite("An upstream that fails")
struct UpstreamHealthTests {
  private let policy = UpstreamHealth.Policy(after: 3, first: 100, most: 350)

  @Test("is left out after its failures in a row, for twice as long each time, and not for longer than the bound")
  func backsOff() {
    var health = UpstreamHealth()
    let (first, second) = (health.failed(at: 0, policy), health.failed(at: 1, policy))
    #expect(first == nil && second == nil)
    #expect(health.isUp(at: 1))
    let time1 = health.failed(at: 2, policy)
    #expect(time1 == 100)
    #expect(!health.isUp(at: 101))
    #expect(health.isUp(at: 102))
    // The trial fails.
    let time2 = health.failed(at: 102, policy)
    #expect(time2 == 200)
    // One that was on its way fails later: that is no new time.
    let time3 = health.failed(at: 103, policy)
    #expect(time3 == nil)
    #expect(!health.isUp(at: 301))
    let time4 = health.failed(at: 302, policy)
    #expect(time4 == 350)
    let time5 = health.failed(at: 652, policy)
    #expect(time5 == 350)
  }

  @Test("is as good as new once a connection succeeds")
  func recovers() {
    var health = UpstreamHealth()
    for time in 0..<3 { _ = health.failed(at: Int64(time), policy) }
    let wasOut = health.succeeded()
    #expect(wasOut)
    #expect(health.isUp(at: 3))
    #expect(health == UpstreamHealth())
    let wasOutAgain = health.succeeded()
    #expect(!wasOutAgain)
    let time6 = health.failed(at: 4, policy)
    #expect(time6 == nil)
  }

  @Test("is never left out where the policy says 0")
  func never() {
    var health = UpstreamHealth()
    for time in 0..<100 {
      let time7 = health.failed(at: Int64(time), UpstreamHealth.Policy(after: 0, first: 1, most: 1))
      #expect(time7 == nil)
    }
    #expect(health.isUp(at: 100))
  }

  private let checks = UpstreamHealth.CheckPolicy(rise: 2, fall: 3)

  @Test("is down after its checks that failed in a row, and up after those that succeeded in a row")
  func checked() {
    var health = UpstreamHealth()
    // given: what each check finds, and what is then thought of it
    let found: [(succeeds: Bool, change: UpstreamHealth.CheckChange?, isUp: Bool)] = [
      (false, nil, true), (false, nil, true), (true, nil, true), (false, nil, true), (false, nil, true),
      (false, .wentDown, false), (false, nil, false), (true, nil, false), (false, nil, false), (true, nil, false),
      (true, .cameUp, true), (true, nil, true),
    ]
    for (number, check) in found.enumerated() {
      let change = health.checked(check.succeeds, checks)
      #expect(change == check.change, "check \(number)")
      #expect(health.isUp(at: 0) == check.isUp, "check \(number)")
    }
  }

  /// given one that is down by its checks; when a client's connection that was on its way succeeds; then it stays down, for
  /// the checks say when it is up; and when they do, it is not left out for what clients found before.
  @Test("goes by its checks once they say that it is down")
  func checksRule() {
    var health = UpstreamHealth()
    for time in 0..<3 { _ = health.failed(at: Int64(time), policy) }
    for _ in 0..<3 { _ = health.checked(false, checks) }
    _ = health.succeeded()
    #expect(!health.isUp(at: 1000))
    _ = health.failed(at: 1000, UpstreamHealth.Policy(after: 1, first: 1_000_000, most: 1_000_000))
    _ = health.checked(true, checks)
    let change = health.checked(true, checks)
    #expect(change == .cameUp)
    #expect(health.isUp(at: 1001))
  }
}
