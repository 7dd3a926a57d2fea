/// Who is compared.
enum Lineup {
  /// The engine beside the bare loops, which are its limit.
  case engine
  /// The relay beside those that people run.
  case relay

  static let peers: [Subject] = [.go, .haproxySplice, .haproxyPlain, .nginx]

  func name(_ scenario: String) -> String {
    switch self {
    case .engine: scenario
    case .relay: "service-\(scenario)"
    }
  }
}
