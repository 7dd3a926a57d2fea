/// The labels of one series as the text has them between braces: `a="1",b="2"`, sorted by name. Dimensions that come to the
/// same labels are the same series, whatever order they were told in.
struct PrometheusLabels: Hashable, Sendable {
  static let none = PrometheusLabels([])

  let bytes: [UInt8]

  /// A dimension without a value is left out: to Prometheus, an empty label and none are the same. Where two dimensions come
  /// to one name, their values are joined with a semicolon, for a name may stand there once.
  ///
  /// - Parameter isHistogram: A histogram has `le` itself; a dimension of that name becomes `exported_le`, as Prometheus
  ///   renames labels that are in its way.
  init(_ dimensions: [(String, String)], isHistogram: Bool = false) {
    let pairs = dimensions.filter { !$0.1.isEmpty }
      .map { dimension in
        let name = PrometheusName.label(dimension.0)
        return (isHistogram && name == "le" ? "exported_le" : name, dimension.0, dimension.1)
      }
      .sorted(by: <)
    var bytes: [UInt8] = []
    var previous: String?
    for (name, _, value) in pairs {
      if name == previous {
        bytes.removeLast()
        bytes.append(UInt8(ascii: ";"))
      } else {
        if previous != nil { bytes.append(UInt8(ascii: ",")) }
        bytes += Array("\(name)=\"".utf8)
      }
      bytes += PrometheusText.escaped(value, quotes: true)
      bytes.append(UInt8(ascii: "\""))
      previous = name
    }
    self.bytes = bytes
  }
}

/// Which series: the name of its family and its labels. In the order of the text.
struct PrometheusKey: Hashable, Comparable, Sendable {
  let family: String
  let labels: PrometheusLabels

  static func < (left: PrometheusKey, right: PrometheusKey) -> Bool {
    left.family == right.family
      ? left.labels.bytes.lexicographicallyPrecedes(right.labels.bytes) : left.family < right.family
  }
}
