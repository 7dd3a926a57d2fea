/// A text in Prometheus' format, read by its grammar and more strictly than Prometheus does: what is legal there in any order
/// has to be in one order here, and a number has one way to be written.
struct Exposition {
  struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: String
  }

  /// The first thing that is wrong, and with which line.
  struct Illegal: Error, CustomStringConvertible {
    var why: String
    var line: String
    var description: String { "\(why): \(line)" }
  }

  private(set) var types: [String: String] = [:]
  private(set) var help: [String: String] = [:]
  private(set) var samples: [Sample] = []

  private var family = ""
  private var announced: String?
  private var order: [UInt8]?
  private var histogram: Histogram = .none

  /// Where in a histogram's lines the next one is.
  private enum Histogram {
    case none
    case buckets(labels: [UInt8], bound: Double, count: Int)
    case sum(labels: [UInt8], count: Int)
    case count(labels: [UInt8], count: Int)

    /// After the bucket of `bound`.
    init(_ labels: [UInt8], _ bound: Double, _ count: Int) {
      self =
        bound == .infinity
        ? .sum(labels: labels, count: count) : .buckets(labels: labels, bound: bound, count: count)
    }
  }

  init(_ bytes: [UInt8]) throws {
    guard bytes.isEmpty || bytes.last == UInt8(ascii: "\n") else { throw Illegal(why: "no end of line", line: "last") }
    for line in bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    where !bytes.isEmpty {
      var scanner = ExpositionScanner(rest: line)
      do { try read(&scanner) } catch {
        throw Illegal(why: error.rawValue, line: String(decoding: line, as: UTF8.self))
      }
    }
    if case .none = histogram {} else { throw Illegal(why: "the last histogram has no end", line: family) }
    if announced != nil { throw Illegal(why: "help without a type", line: family) }
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  // MARK: - Lines

  private mutating func read(_ line: inout ExpositionScanner) throws(ExpositionScanner.Unexpected) {
    if line.take("# HELP ") {
      let name = try line.name(colons: true)
      try line.expect(" ")
      if announced != nil { throw .order }
      announced = name
      help[name] = try line.escaped(quoted: false)
      if !line.rest.isEmpty { throw .character }
    } else if line.take("# TYPE ") {
      let name = try line.name(colons: true)
      try line.expect(" ")
      let type = String(decoding: line.rest, as: UTF8.self)
      guard ["counter", "gauge", "histogram"].contains(type) else { throw .type }
      guard types[name] == nil, family.isEmpty || family < name, announced == nil || announced == name else {
        throw .order
      }
      if case .none = histogram {} else { throw .histogram }
      types[name] = type
      (family, announced, order) = (name, nil, nil)
    } else {
      try readSample(&line)
    }
  }

  private mutating func readSample(_ line: inout ExpositionScanner) throws(ExpositionScanner.Unexpected) {
    if announced != nil { throw .order }
    let isHistogram = types[family] == "histogram"
    let name = try line.name(colons: true)
    var labels: [String: String] = [:]
    var bound: String?
    var text: ArraySlice<UInt8> = []
    if line.take("{") {
      var previous = ""
      let start = line.rest
      repeat {
        let label = try line.name(colons: false)
        try line.expect("=\"")
        let value = try line.escaped(quoted: true)
        try line.expect("\"")
        guard !label.hasPrefix("__"), bound == nil, !value.isEmpty else { throw .label }
        if label == "le", isHistogram {
          bound = value
        } else {
          guard previous < label else { throw .order }
          (labels[label], previous) = (value, label)
          text = start[..<line.rest.startIndex]
        }
      } while line.take(",")
      try line.expect("}")
    }
    try line.expect(" ")
    let number = try line.number()
    var all = labels
    if let bound { all["le"] = bound }
    samples.append(Sample(name: name, labels: all, value: number))
    if isHistogram {
      try follow(name, Array(text), bound, number)
    } else {
      guard name == family else { throw .family }
      try advance(to: Array(text))
    }
  }

  private mutating func follow(
    _ name: String, _ labels: [UInt8], _ bound: String?, _ number: String
  ) throws(ExpositionScanner.Unexpected) {
    switch (histogram, bound.flatMap { Double($0) }) {
    case (.none, let bound?):
      guard name == "\(family)_bucket", let count = Int(number) else { throw .histogram }
      try advance(to: labels)
      histogram = Histogram(labels, bound, count)
    case (.buckets(labels, let last, let least), let bound?):
      guard name == "\(family)_bucket", bound > last, let count = Int(number), count >= least else { throw .histogram }
      histogram = Histogram(labels, bound, count)
    case (.sum(labels, let count), nil):
      guard name == "\(family)_sum" else { throw .histogram }
      histogram = .count(labels: labels, count: count)
    case (.count(labels, let count), nil):
      guard name == "\(family)_count", number == "\(count)" else { throw .histogram }
      histogram = .none
    default: throw .histogram
    }
  }

  private mutating func advance(to labels: [UInt8]) throws(ExpositionScanner.Unexpected) {
    if let order, !order.lexicographicallyPrecedes(labels) { throw .order }
    order = labels
  }
}
