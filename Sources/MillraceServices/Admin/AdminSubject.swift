import Reactors

/// What an admin endpoint tells of: a service.
protocol AdminSubject: Sendable {
  /// Of the program: "millrace relay".
  var serviceName: String { get }
  var phase: ServicePhase { get }
  /// What moves now.
  func transfers() async -> [TransferView]
  /// Has every metric that is a reading, and no count, as it is now.
  func recordReadings() async
  /// A reading of every reactor; one that hangs does not answer.
  func reactorMetrics() async -> [ReactorMetrics]
}

/// How far a service has come.
enum ServicePhase: Int, Sendable {
  case starting, serving
  /// It takes nobody any more, and what is under way comes to its end.
  case draining

  var name: String {
    switch self {
    case .starting: "starting"
    case .serving: "serving"
    case .draining: "draining"
    }
  }
}
