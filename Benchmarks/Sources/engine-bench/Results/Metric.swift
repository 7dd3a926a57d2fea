/// What is measured, with its unit. Less is better, except of throughput.
enum Metric: String, Encodable {
  case cpuPerGiB
  case throughput
  case cpuPerEcho
  case median
  case p99
  case bytesPerConnection
  case pipes
  case aloneP99
  case besideP99
  case besideRatio
  case timePerConnection
  case cpuPerConnection

  /// For the head of a column.
  var label: String {
    switch self {
    case .cpuPerGiB: "CPU s/GiB"
    case .throughput: "GiB/s"
    case .cpuPerEcho: "CPU µs/echo"
    case .median: "p50 µs"
    case .p99: "p99 µs"
    case .bytesPerConnection: "bytes/connection"
    case .pipes: "pipes"
    case .aloneP99: "p99 alone µs"
    case .besideP99: "p99 beside µs"
    case .besideRatio: "beside/alone"
    case .timePerConnection: "µs/connection"
    case .cpuPerConnection: "CPU µs/connection"
    }
  }

  /// Digits after the point that still mean something.
  var digits: Int {
    switch self {
    case .cpuPerGiB: 3
    case .throughput, .besideRatio: 2
    case .cpuPerEcho, .timePerConnection, .cpuPerConnection: 1
    case .median, .p99, .bytesPerConnection, .pipes, .aloneP99, .besideP99: 0
    }
  }
}
