import Millrace
import Testing

@testable import millrace

@Suite("the progress line") struct ProgressLineTests {
  private let start = ContinuousClock.now

  private func state(_ phase: Monitor.State.Phase, done: Int = 0, total: Int? = nil) -> Monitor.State {
    Monitor.State(phase: phase, done: done, total: total, route: .sendfile, since: start)
  }

  @Test("half way it says how much, how fast, how long and which way")
  func halfWay() {
    var line = ProgressLine()
    let text = line.text(
      state(.copying, done: 50 << 20, total: 100 << 20), columns: 120, at: start + .seconds(5))
    #expect(text == "50.0 MiB of 100.0 MiB  50 %  10.0 MiB/s  5.0 s left  by sendfile")
  }

  @Test("without a known size it promises nothing")
  func unknownSize() {
    var line = ProgressLine()
    let text = line.text(state(.copying, done: 50 << 20), columns: 120, at: start + .seconds(5))
    #expect(text == "50.0 MiB  10.0 MiB/s  by sendfile")
  }

  @Test("a stall shows as one, whatever went before")
  func stall() {
    var line = ProgressLine()
    _ = line.text(state(.copying, done: 50 << 20), columns: 120, at: start + .seconds(1))
    _ = line.text(state(.copying, done: 50 << 20), columns: 120, at: start + .seconds(6))
    let text = line.text(state(.copying, done: 50 << 20), columns: 120, at: start + .seconds(9))
    #expect(text == "50.0 MiB  0 B/s  by sendfile")
  }

  @Test("while the disk takes its time it says flushing, not 100 %")
  func flushing() {
    var line = ProgressLine()
    let text = line.text(state(.flushing, done: 100, total: 100), columns: 80, at: start + .seconds(2))
    #expect(text == "flushing to disk  2.0 s")
  }

  @Test("it never reaches the last column", arguments: 1...70)
  func narrow(columns: Int) {
    var line = ProgressLine()
    let text = line.text(
      state(.copying, done: 50 << 20, total: 100 << 20), columns: columns, at: start + .seconds(5))
    #expect(text.count < columns)
  }
}
