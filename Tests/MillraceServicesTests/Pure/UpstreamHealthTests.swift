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
}
