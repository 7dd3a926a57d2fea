import Reactors
import Testing

@Suite("Refusals that are remembered")
struct RouteRefusalsTests {
  @Test("one belongs to its route and its two devices")
  func keyed() {
    var refusals = RouteRefusals()
    refusals[.init(route: "sendfile", source: 1, sink: 2)] = "no"

    #expect(refusals[.init(route: "sendfile", source: 1, sink: 2)] == "no")
    #expect(refusals[.init(route: "splice", source: 1, sink: 2)] == nil)
    #expect(refusals[.init(route: "sendfile", source: 2, sink: 1)] == nil)
  }

  @Test("the memory is bounded: past its bound it starts over, with the newest in it")
  func bounded() {
    var refusals = RouteRefusals()
    let keys = (0..<1_000).map { RouteRefusals.Key(route: "splice", source: $0, sink: 0) }
    for key in keys { refusals[key] = "no" }

    #expect(keys.filter { refusals[$0] != nil }.count <= 256)
    #expect(refusals[keys[999]] == "no")
    #expect(refusals[keys[0]] == nil)
  }
}
