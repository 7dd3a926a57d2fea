import LinuxCalls
import Millrace
import Synchronization

/// Listening sockets that this process was given when it began: by a supervisor, such as systemd for a socket unit
/// (sd_listen_fds(3)), or by the process it succeeds.
///
/// It owns them until a ``Relay`` takes those that it is to listen at; what nobody took is closed with it.
///
/// ```swift
/// let environment = ProcessInfo.processInfo.environment
/// let relay = Relay(
///   configuration, logger: logger, inheriting: try InheritedListeners.fromEnvironment(environment),
///   managedBy: ServiceManager.fromEnvironment(environment))
/// ```
public final class InheritedListeners: Sendable {
  /// One of them, closed with its last owner unless someone took its number.
  final class Socket: Sendable {
    let address: Address
    let origin: SocketOrigin
    private let number: Guarded<Int32?>

    init(_ number: Int32, _ address: Address, _ origin: SocketOrigin) {
      self.number = Guarded(number)
      self.address = address
      self.origin = origin
    }

    deinit { if let number = take() { try? Linux.close(number) } }

    /// The number, which is the caller's to close from now on; nil the second time.
    func take() -> Int32? {
      number.withLock { number in
        defer { number = nil }
        return number
      }
    }
  }

  private let sockets: Guarded<[Socket]>
  private let predecessor: Int32?

  private init(_ sockets: [Socket], predecessor: Int32?) {
    self.sockets = Guarded(sockets)
    self.predecessor = predecessor
  }

  /// The sockets that the variables of `environment` speak of: `LISTEN_PID`, `LISTEN_FDS`, `LISTEN_FDNAMES`, and
  /// `MILLRACE_UPGRADE_FROM`. Nil where they speak of none. From now on they are close-on-exec and owned by the result.
  ///
  /// To be called once, at the start, and the variables to be removed: they name descriptors by number. Throws
  /// ``LaunchError`` for one that is no listening stream socket.
  public static func fromEnvironment(_ environment: [String: String]) throws(LaunchError) -> InheritedListeners? {
    let variables = try LaunchVariables(environment, process: Linux.process, parent: Linux.parentProcess)
    guard !variables.names.isEmpty || variables.predecessor != nil else { return nil }
    return try InheritedListeners(
      taking: zip(firstDescriptor..., variables.names).map { ($0, $1) }, predecessor: variables.predecessor)
  }

  /// SD_LISTEN_FDS_START
  static let firstDescriptor: Int32 = 3

  /// Takes over descriptors, each with its name. All of them are closed where one is not right.
  convenience init(taking descriptors: [(number: Int32, name: String)], predecessor: Int32?) throws(LaunchError) {
    var sockets: [Socket] = []
    do throws(LaunchError) {
      for (number, name) in descriptors {
        let address = try Self.address(of: number)
        let origin = SocketOrigin(
          descriptorName: name, path: address.path, isFromPredecessor: predecessor != nil)
        sockets.append(Socket(number, address, origin))
      }
    } catch {
      for (number, _) in descriptors.dropFirst(sockets.count) { try? Linux.close(number) }
      throw error
    }
    self.init(sockets, predecessor: predecessor)
  }

  /// Where a descriptor listens.
  private static func address(of number: Int32) throws(LaunchError) -> Address {
    let (address, flaw): (Address, String?)
    do throws(Errno) {
      address = Address(raw: try Linux.localAddress(of: number))
      flaw = try Self.flaw(of: number, at: address)
      if flaw == nil { try Linux.setCloseOnExec(number) }
    } catch {
      throw LaunchError(number, error == .badFileDescriptor ? "is not open" : "is no socket: \(error)")
    }
    if let flaw { throw LaunchError(number, flaw) }
    return address
  }

  /// What is wrong with a socket to listen at.
  private static func flaw(of number: Int32, at address: Address) throws(Errno) -> String? {
    if try Linux.option(.type, of: number) != Int(SocketType.stream) { return "is no stream socket" }
    guard [SocketFamily.v4, SocketFamily.v6, SocketFamily.unix].contains(address.raw.family) else {
      return "is a socket of neither TCP nor Unix"
    }
    return try Linux.option(.acceptsConnections, of: number) == 1 ? nil : "does not listen: \(address)"
  }

  /// Takes the sockets for each of `wanted`, in its order; with `wanted` nil, all of them, those of one address together.
  func take(for wanted: [WantedAddress]?) -> [[Socket]] {
    sockets.withLock { sockets in
      let addresses = sockets.map(\.address)
      let wanted = wanted ?? WantedAddress.each(of: addresses)
      let places = WantedAddress.assign(addresses, to: wanted)
      let taken = places.map { $0.map { sockets[$0] } }
      let all = Set(places.joined())
      sockets = sockets.indices.filter { !all.contains($0) }.map { sockets[$0] }
      return taken
    }
  }

  /// Takes what nobody wanted.
  func takeRest() -> [Socket] {
    sockets.withLock { sockets in
      defer { sockets = [] }
      return sockets
    }
  }

  /// Whether the sockets are from a process that goes on until this one says that it listens.
  var hasPredecessor: Bool { predecessor != nil }

  /// Tells the process that this one succeeds to end: nobody needs it from now on. Its id is its own for as long as it is
  /// the parent.
  func relievePredecessor() {
    guard let predecessor, Linux.parentProcess == predecessor else { return }
    try? Linux.send(signal: 15 /* SIGTERM */, to: predecessor)
  }
}
