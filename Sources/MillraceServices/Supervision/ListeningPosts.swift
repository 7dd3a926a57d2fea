import LinuxCalls
import Millrace
import Synchronization

/// Everything that a relay listens at, until it has ended or someone else has taken it over.
final class ListeningPosts: Sendable {
  /// A socket, by the first listener that has it.
  struct Post: Sendable {
    let listener: Listener
    let origin: SocketOrigin
    /// From whoever started this process.
    let isInherited: Bool
    /// Not an address of this relay: who waits there is accepted, and nobody else comes.
    var isToLeave = false
  }

  /// For each reactor what it accepts from.
  let byReactor: [[Listener]]
  /// Where it listens: for each address that was configured one or more.
  let addresses: [Address]
  private let posts: [Post]
  private let custody: Guarded<Custody>

  /// Who else accepts at the sockets, and so who clears away after them.
  private enum Custody {
    /// The process that this one is to succeed, still: what it bound is its own.
    case withPredecessor
    case alone
    /// The process that succeeds this one.
    case withSuccessor
  }

  init(byReactor: [[Listener]], addresses: [Address], posts: [Post], hasPredecessor: Bool) {
    self.byReactor = byReactor
    self.addresses = addresses
    self.posts = posts
    custody = Guarded(hasPredecessor ? .withPredecessor : .alone)
  }

  /// The predecessor has been told to end.
  func notePredecessorRelieved() { custody.withLock { $0 = .alone } }

  /// The successor listens.
  func noteHandedOn() { custody.withLock { $0 = .withSuccessor } }

  /// Accepts those that wait at the sockets that are to be left, and closes them. Answers where that is.
  func leave() -> [Address] {
    let leaving = posts.filter(\.isToLeave)
    for post in leaving {
      // What a predecessor has bound is this process's to clear away.
      if case .bound(let path?) = post.origin { path.remove() }
      post.listener.closeWhenEmpty()
    }
    return leaving.map(\.listener.address)
  }

  /// Listens no more: those that wait already are accepted first, unless another process takes them; or, with `atOnce`, they
  /// are reset.
  func end(atOnce: Bool) {
    let custody = custody.withLock { $0 }
    removePaths(custody)
    for listener in byReactor.joined() {
      if case .alone = custody, !atOnce { listener.closeWhenEmpty() } else { listener.close() }
    }
  }

  /// Without its path nobody can come any more, and those that have come are all there are. And before the sockets are
  /// closed: they keep the inode numbers that the paths are known by.
  private func removePaths(_ custody: Custody) {
    // What was left is gone already, and its path may be somebody else's by now.
    for post in posts where !post.isToLeave {
      guard case .bound(let path?) = post.origin else { continue }
      switch custody {
      case .alone: path.remove()
      case .withPredecessor where !post.isInherited: path.remove()
      case .withPredecessor, .withSuccessor: break
      }
    }
  }

  /// Copies of the sockets for a successor, each once, with the names that say where they are from.
  func copies() throws(EndpointError) -> SocketCopies {
    var copies = SocketCopies()
    let sockets = openSockets
    // Above the numbers they will have there: none is overwritten before it is in its place.
    let least = InheritedListeners.firstDescriptor + Int32(sockets.count)
    for (listener, origin) in sockets {
      copies.add(try listener.duplicate(from: least), origin.descriptorName)
    }
    return copies
  }

  /// Each socket once, by a listener that is open: one that could not accept any more has been closed, and others may share its
  /// socket.
  private var openSockets: [(Listener, SocketOrigin)] {
    var sockets: [(Listener, SocketOrigin)] = []
    for post in posts where !post.isToLeave {
      let sharing = byReactor.joined().filter { $0 === post.listener || $0.address == post.listener.address }
      let open = post.listener.isClosed ? sharing.first { !$0.isClosed } : post.listener
      guard let open, !sockets.contains(where: { $0.0 === open }) else { continue }
      sockets.append((open, post.origin))
    }
    return sockets
  }

  /// Nobody can come any more.
  var isDeaf: Bool { byReactor.joined().allSatisfy(\.isClosed) }
}

/// Descriptors that are closed with it.
struct SocketCopies: ~Copyable {
  private(set) var numbers: [Int32] = []
  private(set) var names: [String] = []

  mutating func add(_ number: Int32, _ name: String) {
    numbers.append(number)
    names.append(name)
  }

  deinit { for number in numbers { try? Linux.close(number) } }
}
