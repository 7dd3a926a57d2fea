import Millrace

/// On what terms a service lets clients in, and how it ends. Every field has the name of its flag, with capitals for dashes.
struct ReceptionTerms: Sendable {
  var listen: [ServiceAddress]
  var reusePort: Bool
  var reactors: Int?
  var maxConnections: Int?
  var maxConnectionsPerClient: Int?
  var maxAcceptRate: Int?
  var whenFull: WhenFull
  var drainTimeout: Duration
  var upgradeTimeout: Duration
  /// Where it tells what it does; nil is nowhere.
  var admin: ServiceAddress?
  /// What each connection that is accepted has.
  var options: ConnectionOptions
}

/// What a service does with the connection that is one too many.
public enum WhenFull: String, Sendable, CaseIterable {
  /// It is not accepted: it waits in the kernel's backlog until another one ends.
  case wait
  /// It is reset, and counted.
  case refuse
}
