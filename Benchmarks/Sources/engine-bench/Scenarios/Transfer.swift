/// What a receiving end of a bulk transfer says at its end.
struct Transfer: Decodable {
  var bytes: UInt64
  var connections: Int
  var seconds: Double

  func measurement(
    expecting expected: UInt64, by subject: Subject, cpuSeconds: Double
  ) throws -> Measurement {
    guard bytes == expected else {
      throw Failure("\(subject.rawValue) delivered \(bytes) bytes of \(expected).")
    }
    let amount = Double(bytes) / gibibyte
    return [.cpuPerGiB: cpuSeconds / amount, .throughput: amount / max(seconds, 1e-9)]
  }
}
