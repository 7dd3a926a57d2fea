/// A number as the text has it: integers without a point, others by the shortest digits that read back as the same.
struct PrometheusNumber: Equatable, Sendable {
  let text: String

  init(_ value: UInt64) { text = "\(value)" }

  init(_ value: Double) {
    if let integer = Int64(exactly: value) {
      text = "\(integer)"
    } else if value.isFinite {
      text = "\(value)"
    } else {
      text = value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf"
    }
  }
}

/// One series, read.
struct PrometheusSample: Sendable {
  enum Value: Sendable {
    case counter(PrometheusNumber)
    case gauge(PrometheusNumber)
    case histogram(PrometheusHistogram.Reading)

    var type: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  let key: PrometheusKey
  let value: Value
}

/// Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
struct PrometheusText {
  private(set) var bytes: [UInt8] = []

  /// Samples in any order, none of them twice, and those of one family of one type.
  init(_ samples: [PrometheusSample], help: [String: String]) {
    var family: String?
    for sample in samples.sorted(by: { $0.key < $1.key }) {
      if sample.key.family != family {
        writeHead(of: sample, help: help[sample.key.family])
        family = sample.key.family
      }
      write(sample)
    }
  }

  private mutating func writeHead(of sample: PrometheusSample, help: String?) {
    if let help, !help.isEmpty {
      write("# HELP \(sample.key.family) ")
      bytes += Self.escaped(help, quotes: false)
      write("\n")
    }
    write("# TYPE \(sample.key.family) \(sample.value.type)\n")
  }

  private mutating func write(_ sample: PrometheusSample) {
    let (name, labels) = (sample.key.family, sample.key.labels)
    switch sample.value {
    case .counter(let value), .gauge(let value): writeLine(name, labels, value)
    case .histogram(let reading):
      for (bound, count) in reading.buckets {
        writeLine("\(name)_bucket", labels, le: PrometheusNumber(bound), PrometheusNumber(count))
      }
      writeLine("\(name)_bucket", labels, le: PrometheusNumber(.infinity), PrometheusNumber(reading.count))
      writeLine("\(name)_sum", labels, PrometheusNumber(reading.sum))
      writeLine("\(name)_count", labels, PrometheusNumber(reading.count))
    }
  }

  private mutating func writeLine(
    _ name: String, _ labels: PrometheusLabels, le bound: PrometheusNumber? = nil, _ value: PrometheusNumber
  ) {
    write(name)
    if bound != nil || !labels.bytes.isEmpty {
      write("{")
      bytes += labels.bytes
      if let bound { write("\(labels.bytes.isEmpty ? "" : ",")le=\"\(bound.text)\"") }
      write("}")
    }
    write(" \(value.text)\n")
  }

  private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// The value of a label, in which a quote is escaped too, or a text of help. A zero byte becomes a replacement character:
  /// Prometheus' own lexer would end the whole text there.
  static func escaped(_ text: String, quotes: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
      case UInt8(ascii: "\"") where quotes: bytes.append(contentsOf: #"\""#.utf8)
      case 0: bytes.append(contentsOf: "\u{FFFD}".utf8)
      default: bytes.append(byte)
      }
    }
    return bytes
  }
}
