import Testing

@testable import Millrace

@Suite("The flow gauge")
struct FlowGaugeTests {
  /// What a wake-up brings, by the gauge's own measures.
  private enum WakeUp: CaseIterable {
    case nothing, small, between, bulk, stream

    var bytes: Int {
      switch self {
      case .nothing: 0
      case .small: FlowGauge.small - 1
      case .between: FlowGauge.small
      case .bulk: FlowGauge.bulk
      case .stream: FlowGauge.stream
      }
    }
  }

  /// given every sequence of six wake-ups; when the gauge has seen them, in one piece or in many; then it says bulk
  /// exactly when the rule does: so many in a row speak against what it says, or one is a stream.
  @Test("tells bulk from small messages in every sequence of wake-ups", arguments: [1, 7])
  func everySequence(pieces: Int) {
    var wrong: [String] = []
    func explore(_ gauge: FlowGauge, _ isBulk: Bool, _ against: Int, _ history: [WakeUp]) {
      guard history.count < 6, wrong.isEmpty else { return }
      for wakeUp in WakeUp.allCases {
        var gauge = gauge
        for piece in 0..<pieces {
          gauge.moved(wakeUp.bytes / pieces + (piece == 0 ? wakeUp.bytes % pieces : 0))
        }
        _ = gauge.paused()
        var (isBulk, against) = (isBulk, against)
        if wakeUp == .stream, !isBulk {
          (isBulk, against) = (true, 0)
        } else {
          let speaksAgainst = isBulk ? wakeUp == .nothing || wakeUp == .small : wakeUp == .bulk
          against = speaksAgainst ? against + 1 : 0
          if against == FlowGauge.inARow { (isBulk, against) = (!isBulk, 0) }
        }
        let history = history + [wakeUp]
        if gauge.isBulk != isBulk { wrong.append("\(gauge.isBulk) after \(history)") }
        explore(gauge, isBulk, against, history)
      }
    }
    explore(FlowGauge(), false, 0, [])
    #expect(wrong.isEmpty, "\(wrong.first ?? "")")
  }

  /// given a chatty protocol; when one answer is large; then the flow stays what it is.
  @Test("is not moved by one large answer")
  func oneLargeAnswer() {
    var gauge = FlowGauge()
    for bytes in [100, FlowGauge.stream - 1, 100, FlowGauge.stream - 1, 100] {
      gauge.moved(bytes)
      _ = gauge.paused()
      #expect(!gauge.isBulk)
    }
  }
}
