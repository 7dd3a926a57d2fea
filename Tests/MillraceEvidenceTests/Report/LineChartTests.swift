import Testing

@testable import MillraceEvidence

@Suite("A chart")
struct LineChartTests {
  @Test("marks all points of a short line, and some of a long one", arguments: [1, 2, 24, 25, 31, 40, 500])
  func marks(_ count: Int) {
    let points = (0..<count).map { LineChart.Point(x: Double($0), y: 1) }
    let chart = LineChart(
      title: "", description: "", x: .seconds(to: Double(count)), y: .steps(to: 2, unit: .count, title: ""),
      series: [LineChart.Series(name: "a", style: SubjectStyle(index: 0), points: points)])
    let marks = chart.svg(id: "x").source.components(of: "class=\"mark\"")
    #expect(count <= 24 ? marks == count : (6...12).contains(marks), "\(marks)")
  }

  @Test("has subjects that differ in more than their colour")
  func styles() {
    let looks = (0..<30).map { index -> String in
      let style = SubjectStyle(index: index)
      return "\(style.dash ?? "whole") \(style.mark(0, 0).source)"
    }
    #expect(Set(looks).count == 30)
  }

  @Test("has lines at round numbers of the unit")
  func ticks() {
    #expect(
      labels(.steps(to: 7e9, unit: .bytesPerSecond, title: "")) == [
        "0 B/s", "2 GiB/s", "4 GiB/s", "6 GiB/s", "8 GiB/s",
      ])
    #expect(labels(.steps(to: 1.3, unit: .seconds, title: "")) == ["0 s", "500 ms", "1 s", "1.5 s"])
    #expect(labels(.values([3e-5, 0.02], unit: .seconds, title: "")) == ["100 µs", "1 ms", "10 ms"])
    #expect(labels(.values([500, 3_000_000], unit: .bytes, title: "")).last == "1 MiB")
    #expect(labels(.percentiles(to: 3.2)) == ["0", "90", "99", "99.9"])
  }

  @Test("has each nine of a percentile as far as the one before")
  func nines() {
    for (percentile, expected) in [(0.0, 0.0), (90, 1), (99, 2), (99.9, 3), (50, 0.30103)] {
      #expect(close(Axis.nines(percentile, operations: 1_000_000), expected, within: 1e-5))
    }
    // The slowest of 1000 has a place, not an infinite one.
    #expect(close(Axis.nines(100, operations: 1000), 3))
    #expect(Axis.nines(.nan, operations: 0).isFinite)
  }

  private func labels(_ axis: Axis) -> [String] { axis.ticks.map(\.label) }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
