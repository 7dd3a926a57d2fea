import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// Listens on every reactor: at sockets that were inherited, or by a socket each (SO_REUSEPORT) for TCP, by one that all
/// share for a Unix path.
struct ListenerBinder {
  let options: ConnectionOptions
  let reactors: Reactors
  let inherited: InheritedListeners?
  /// Whether a port may be somebody's who listens there already, another process of this user. Otherwise that is an error:
  /// the kernel would deal clients out to both.
  let reusesPort: Bool

  private struct Made {
    var byReactor: [[Listener]]
    var addresses: [Address] = []
    var posts: [ListeningPosts.Post] = []

    init(reactors: Int) { byReactor = Array(repeating: [], count: reactors) }

    /// Whether one of them is at that port.
    func has(portOf places: [Address]) -> Bool {
      guard let port = places.first?.port, port != 0 else { return false }
      return posts.contains { $0.listener.address.port == port }
    }

    mutating func add(_ post: ListeningPosts.Post, on place: Int) {
      byReactor[place].append(post.listener)
      posts.append(post)
      if !post.isToLeave, !addresses.contains(post.listener.address) { addresses.append(post.listener.address) }
    }
  }

  /// Without addresses, at everything that was inherited.
  func bind(_ addresses: [ServiceAddress]) async throws -> ListeningPosts {
    var made = Made(reactors: reactors.all.count)
    do {
      var places: [[Address]] = []
      for address in addresses { places.append(try await listening(at: address)) }
      let sockets = inherited?.take(for: addresses.isEmpty ? nil : places.map { WantedAddress($0) }) ?? []
      for number in 0..<max(places.count, sockets.count) {
        if number < sockets.count, !sockets[number].isEmpty {
          try adopt(sockets[number], &made)
        } else {
          try await bind(toFirstOf: places[number], &made)
        }
      }
      if inherited?.hasPredecessor == true { try adoptToLeave(&made) }
      return posts(of: made)
    } catch {
      posts(of: made).end(atOnce: true)
      throw error
    }
  }

  private func posts(of made: Made) -> ListeningPosts {
    ListeningPosts(
      byReactor: made.byReactor, addresses: made.addresses, posts: made.posts,
      hasPredecessor: inherited?.hasPredecessor == true)
  }

  /// Each of the sockets has someone who accepts from it, and each reactor accepts: where there are more sockets they are
  /// dealt out, where there are fewer they are shared.
  private func adopt(_ sockets: [InheritedListeners.Socket], _ made: inout Made) throws {
    let count = reactors.all.count
    var adopted: [Listener] = []
    for (number, socket) in sockets.enumerated() {
      guard let descriptor = socket.take() else { continue }
      let listener = try Listener(
        taking: FileDescriptor(rawValue: descriptor), options: options, on: reactors.all[number % count])
      made.add(.init(listener: listener, origin: socket.origin, isInherited: true), on: number % count)
      adopted.append(listener)
    }
    for place in adopted.count..<max(adopted.count, count) {
      made.byReactor[place].append(try adopted[place % adopted.count].shared(on: reactors.all[place]))
    }
  }

  /// Those that nobody wants any more: whoever waits there already was promised an answer, and the predecessor will not give
  /// it.
  private func adoptToLeave(_ made: inout Made) throws {
    for (number, socket) in (inherited?.takeRest() ?? []).enumerated() {
      guard let descriptor = socket.take() else { continue }
      let place = number % reactors.all.count
      let listener = try Listener(
        taking: FileDescriptor(rawValue: descriptor), options: options, on: reactors.all[place])
      made.add(.init(listener: listener, origin: socket.origin, isInherited: true, isToLeave: true), on: place)
    }
  }

  private func bind(toFirstOf places: [Address], _ made: inout Made) async throws {
    if let path = places.first?.path {
      try await removeAbandoned(path)
      let first = try Listener.bind(to: places[0], options: options, on: reactors.all[0])
      made.add(.init(listener: first, origin: .bound(BoundPath(justBound: path)), isInherited: false), on: 0)
      for (place, reactor) in reactors.all.enumerated().dropFirst() {
        made.byReactor[place].append(try first.shared(on: reactor))
      }
      return
    }
    let first = try bindFirst(of: places, isOwn: made.has(portOf: places))
    made.add(.init(listener: first, origin: .bound(nil), isInherited: false), on: 0)
    try first.sharePort()
    for (place, reactor) in reactors.all.enumerated().dropFirst() {
      // With the port that the kernel chose.
      let next = try Listener.bind(to: first.address, reusePort: true, options: options, on: reactor)
      made.add(.init(listener: next, origin: .bound(nil), isInherited: false), on: place)
    }
  }

  /// With the port to itself, unless it may be shared: with another process, or with this one's other listeners, such as one at
  /// every address and one at one of them.
  private func bindFirst(of places: [Address], isOwn: Bool) throws(EndpointError) -> Listener {
    let shares = reusesPort || isOwn
    do throws(EndpointError) {
      return try Listener.bind(toFirstOf: places, reusePort: shares, options: options, on: reactors.all[0])
    } catch {
      guard error.errno == .addressInUse, !shares else { throw error }
      throw EndpointError(
        error.action, error.subject,
        reason: "\(error.reason): somebody else listens there, and 'reuse-port' is not set, which would share the port",
        errno: error.errno)
    }
  }

  /// The addresses to listen at the first of which this machine has.
  private func listening(at address: ServiceAddress) async throws -> [Address] {
    switch address {
    case .unix(let path): return [Address(path: path)].compactMap { $0 }
    case .tcp(host: "*", let port): return Address.every(port: port)
    case .tcp(let host, let port):
      guard let first = try await Address.resolve(host: host, port: port, timeout: .seconds(10)).first else {
        throw EndpointError("listen on", "\(host):\(port)", reason: "it has no address")
      }
      return [first]
    }
  }

  /// A socket that nobody listens on any more is what a process leaves that was killed. unix(7)
  ///
  /// Only a socket is: Linux refuses a connection to a file of any other kind with the same ECONNREFUSED, and follows a
  /// symbolic link to find one. What is none stays, and bind(2) says that the path is taken.
  private func removeAbandoned(_ path: String) async throws {
    guard !path.hasPrefix("@"), let place = Address(path: path), let facts = try? Linux.facts(ofPathItself: path),
      facts.kind == .socket
    else { return }
    do throws(EndpointError) {
      let connection = try await Connection.connect(to: place, timeout: .seconds(1))
      connection.close()
    } catch {
      guard error.errno == .connectionRefused else { return }
      BoundPath(path, device: facts.device, inode: facts.inode).remove()
    }
  }
}
