import CoreMetrics
import Metrics
@testable import MillraceServices
import Testing

@Suite("The text of Prometheus")
struct PrometheusTextTests {
  private func text(_ metrics: PrometheusMetrics) -> String { String(decoding: metrics.text(), as: UTF8.self) }

  @Test("is empty while nothing was made")
  func empty() { #expect(PrometheusMetrics().text().isEmpty) }

  @Test("has each kind of metric, sorted by name and by labels, in whatever order they were made")
  func everyKind() throws {
    let metrics = PrometheusMetrics(
      durationBuckets: [0.001, 1], valueBuckets: [10, 2.5], help: ["open": #"Now \ "open""# + "\nconnections"])
    Timer(label: "wait", dimensions: [], factory: metrics).recordMilliseconds(250)
    Timer(label: "connect_seconds", dimensions: [("to", "b")], factory: metrics).recordNanoseconds(1_000_000)
    Timer(label: "connect_seconds", dimensions: [("to", "a")], factory: metrics).recordSeconds(2)
    let recorder = Recorder(label: "size", factory: metrics)
    for value in [1, 3, 30] { recorder.record(value) }
    let open = Meter(label: "open", factory: metrics)
    open.set(3)
    open.increment()
    open.decrement(by: 0.5)
    Gauge(label: "level", factory: metrics).record(-7)
    Counter(label: "requests_total", dimensions: [("route", "sendfile"), ("code", "200")], factory: metrics)
      .increment(by: 5)
    Counter(label: "requests_total", dimensions: [("code", "200"), ("route", "buffered")], factory: metrics).increment()
    Counter(label: "errors", factory: metrics).increment(by: 0)
    FloatingPointCounter(label: "work", factory: metrics).increment(by: 0.75)
    let expected = #"""
      # TYPE connect_seconds histogram
      connect_seconds_bucket{to="a",le="0.001"} 0
      connect_seconds_bucket{to="a",le="1"} 0
      connect_seconds_bucket{to="a",le="+Inf"} 1
      connect_seconds_sum{to="a"} 2
      connect_seconds_count{to="a"} 1
      connect_seconds_bucket{to="b",le="0.001"} 1
      connect_seconds_bucket{to="b",le="1"} 1
      connect_seconds_bucket{to="b",le="+Inf"} 1
      connect_seconds_sum{to="b"} 0.001
      connect_seconds_count{to="b"} 1
      # TYPE errors counter
      errors 0
      # TYPE level gauge
      level -7
      # HELP open Now \\ "open"\nconnections
      # TYPE open gauge
      open 3.5
      # TYPE requests_total counter
      requests_total{code="200",route="buffered"} 1
      requests_total{code="200",route="sendfile"} 5
      # TYPE size histogram
      size_bucket{le="2.5"} 1
      size_bucket{le="10"} 2
      size_bucket{le="+Inf"} 3
      size_sum 34
      size_count 3
      # TYPE wait_seconds histogram
      wait_seconds_bucket{le="0.001"} 0
      wait_seconds_bucket{le="1"} 1
      wait_seconds_bucket{le="+Inf"} 1
      wait_seconds_sum 0.25
      wait_seconds_count 1
      # TYPE work counter
      work 0.75

      """#
    #expect(text(metrics) == expected)
    #expect(text(metrics) == expected, "reading changes nothing")
    #expect(try Exposition(metrics.text()).samples.count == 26)
  }

  @Test(
    "escapes what would end a label's value",
    arguments: [
      (#"C:\dir"#, #"C:\\dir"#), (#"say "so""#, #"say \"so\""#), ("two\nlines", #"two\nlines"#), (#"\n"#, #"\\n"#),
      ("été}, =", "été}, ="), ("a\0b", "a\u{FFFD}b"), ("\r\t", "\r\t"),
    ])
  func escaping(value: String, written: String) throws {
    let metrics = PrometheusMetrics()
    Counter(label: "a", dimensions: [("l", value)], factory: metrics).increment()
    #expect(text(metrics) == "# TYPE a counter\na{l=\"\(written)\"} 1\n")
    let read = value.split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "\u{FFFD}")
    #expect(try Exposition(metrics.text()).value("a", ["l": read]) == "1")
  }

  @Test(
    "writes numbers plainly",
    arguments: [
      (0, "0"), (-0.0, "0"), (1, "1"), (-2, "-2"), (0.1, "0.1"), (1.5, "1.5"), (0.1 + 0.2, "0.30000000000000004"),
      (1_000_000, "1000000"), (1e15, "1000000000000000"), (1e18, "1000000000000000000"), (1e300, "1e+300"),
      (0.0001, "0.0001"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ] as [(Double, String)])
  func numbers(value: Double, written: String) {
    let metrics = PrometheusMetrics()
    Gauge(label: "a", factory: metrics).record(value)
    #expect(text(metrics) == "# TYPE a gauge\na \(written)\n")
  }

  @Test("keeps a counter exact where doubles no longer are")
  func exactCounter() {
    let metrics = PrometheusMetrics()
    let counter = Counter(label: "a", factory: metrics)
    counter.increment(by: Int64.max)
    counter.increment()
    #expect(text(metrics) == "# TYPE a counter\na 9223372036854775808\n")
  }

  @Test(
    "makes names of metrics legal",
    arguments: [
      ("http.requests", "http_requests"), ("a:b", "a:b"), ("9lives", "_9lives"), ("", "_"), ("größe", "gr__e"),
      ("__x", "__x"), ("a b\n", "a_b_"), ("A1_z", "A1_z"),
    ])
  func metricNames(label: String, name: String) { #expect(PrometheusName.metric(label) == name) }

  @Test(
    "makes names of labels legal, and leaves Prometheus its own",
    arguments: [
      ("upstream.name", "upstream_name"), ("a:b", "a_b"), ("9", "_9"), ("", "_"), ("__name__", "_name__"), ("___", "_"),
      ("_x", "_x"), ("\"}", "_"), ("le", "le"),
    ])
  func labelNames(dimension: String, name: String) { #expect(PrometheusName.label(dimension) == name) }

  @Test(
    "has a label once, and none that is empty",
    arguments: [
      ([("b", "2"), ("a", "1")], #"a="1",b="2""#), ([("a", "")], ""), ([("a-b", "1"), ("a.b", "2")], #"a_b="1;2""#),
      ([("a.b", "2"), ("a-b", "1")], #"a_b="1;2""#), ([("a", "x\""), ("a", "y"), ("b", "z")], #"a="x\";y",b="z""#),
    ] as [([(String, String)], String)])
  func labels(dimensions: [(String, String)], written: String) {
    #expect(String(decoding: PrometheusLabels(dimensions).bytes, as: UTF8.self) == written)
  }

  @Test("has no bound and no dimension of one name in a histogram")
  func boundName() throws {
    let metrics = PrometheusMetrics(valueBuckets: [])
    Recorder(label: "a", dimensions: [("le", "1")], factory: metrics).record(1)
    #expect(try Exposition(metrics.text()).value("a_bucket", ["exported_le": "1", "le": "+Inf"]) == "1")
  }

  /// given metrics of every kind with labels that nobody should choose; then the whole still is what the grammar allows.
  @Test("is legal whatever metrics are called", arguments: 0..<20 as Range<UInt64>)
  func anything(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let pieces = [
      "a", "le", "__", "9", ":", ".", "\"", "\\", "\n", "\0", "é", "{", "}", ",", " ",
      "_sum", "_count", "#",
    ]
    func word() -> String {
      (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
    let metrics = PrometheusMetrics(help: ["a": word(), "_": word(), "le": word()])
    for _ in 0..<200 {
      let dimensions = (0..<Int.random(in: 0...3, using: &random)).map { _ in (word(), word()) }
      let value = Double.random(in: -10...1e7, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: Counter(label: word(), dimensions: dimensions, factory: metrics).increment(by: Int64(value))
      case 1: FloatingPointCounter(label: word(), dimensions: dimensions, factory: metrics).increment(by: value)
      case 2: Gauge(label: word(), dimensions: dimensions, factory: metrics).record(value)
      case 3: Meter(label: word(), dimensions: dimensions, factory: metrics).set(1 / value)
      case 4: Recorder(label: word(), dimensions: dimensions, factory: metrics).record(value)
      default: Timer(label: word(), dimensions: dimensions, factory: metrics).recordNanoseconds(Int64(value) * 1000)
      }
    }
    let read = try Exposition(metrics.text())
    #expect(read.types.count > 5)
    #expect(!metrics.conflicts.isEmpty)
  }
}
