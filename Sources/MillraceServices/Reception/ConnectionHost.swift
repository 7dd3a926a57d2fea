import LinuxCalls
import Millrace

/// The part of a service that lives on one reactor and has the connections there. Confined to that reactor, but for the calls
/// that say otherwise.
protocol ConnectionHost: AnyObject, Sendable {
  /// A connection has come in. Whoever has it says so to the admission when it leaves.
  func take(_ client: Connection, _ address: InternetAddress, listener: Int)
  /// One may not come in, and is to be reset.
  func refuse(_ client: Connection, _ address: InternetAddress, listener: Int, _ reason: EntryRefusal)
  /// What moves now; from anywhere.
  func transfers() async -> [TransferView]
  /// Accepting pauses, for the process or the machine lacks descriptors or memory.
  func pausedAccepting()
  /// What is under way comes to its end, and nothing new begins; from anywhere.
  func drain()
  /// Ends what is left; from anywhere.
  func abortAll()
  /// Every connection has left: ends whatever outlasts them.
  func finish() async
}

/// Why a connection may not come in.
enum EntryRefusal: Sendable {
  /// The setting that bounds it.
  case limit(String)
  /// The service ends.
  case ending
}
