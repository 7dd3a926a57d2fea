/// Names as Prometheus' grammar has them, made of whatever a metric or a dimension is called. What is not allowed becomes an
/// underscore, so that two names may become one.
enum PrometheusName {
  /// The name of a metric: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
  static func metric(_ text: String) -> String { legal(text, colons: true) }

  /// The name of a label: `[a-zA-Z_][a-zA-Z0-9_]*`, with one underscore at most in the beginning, for names that begin with
  /// two are Prometheus' own: `__name__` would rename the metric.
  static func label(_ text: String) -> String {
    var name = legal(text, colons: false)
    while name.hasPrefix("__") { name.removeFirst() }
    return name
  }

  private static func legal(_ text: String, colons: Bool) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z": name.unicodeScalars.append(scalar)
      case "0"..."9": name += name.isEmpty ? "_\(scalar)" : "\(scalar)"
      case ":" where colons: name += ":"
      default: name += "_"
      }
    }
    return name.isEmpty ? "_" : name
  }
}
