/// Who is measured.
enum Subject: Equatable, Sendable {
  case millrace
  case peer(Peer)
  case target(BenchOptions.Target)

  var name: String {
    switch self {
    case .millrace: "millrace"
    case .peer(let peer): peer.rawValue
    case .target(let target): target.name
    }
  }

  /// It does not do this, or is not here.
  struct Skipped: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }
}
