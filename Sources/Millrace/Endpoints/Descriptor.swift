import LinuxCalls
import Reactors
import Synchronization
import SystemPackage

/// Who closes a descriptor, and whether its flags may be changed.
enum Ownership: Sendable {
  /// Ours: non-blocking where that means something, closed by us.
  case owned
  /// Someone else's: never closed, its flags and position never changed.
  case lent
}

/// A descriptor with the rules of its use: closed once and only after its last use, read by one and written by one.
final class Descriptor: Sendable {
  enum Direction: Sendable { case reading, writing }

  let number: Int32
  let ownership: Ownership
  /// What it is, where that can never change: known for sockets and pipes of our own.
  let fixedKind: EndKind?
  /// The reactor it lives on, with its readiness there; files have none.
  let home: Home?

  struct Home: @unchecked Sendable {
    let readiness: Readiness
    var reactor: Reactor { readiness.reactor }
  }

  private struct Use {
    /// The copies under way, wherever they run and whatever they wait for: of a stream one each way, in place, for an
    /// array would be memory of every idle connection.
    var reader: Parker.Ticket?
    var writer: Parker.Ticket?
    var others: [Parker.Ticket] = []
    var count: Int32 = 0
    var isRead = false
    var isWritten = false
    var isClosed = false

    mutating func add(_ copy: Parker.Ticket, _ direction: Direction, exclusive: Bool) {
      switch direction {
      case .reading where exclusive: reader = copy
      case .writing where exclusive: writer = copy
      default: others.append(copy)
      }
    }

    mutating func remove(_ copy: Parker.Ticket, _ direction: Direction, exclusive: Bool) {
      switch direction {
      case .reading where exclusive: reader = nil
      case .writing where exclusive: writer = nil
      default: if let index = others.firstIndex(of: copy) { others.remove(at: index) }
      }
    }

    var copies: [Parker.Ticket] { [reader, writer].compactMap { $0 } + others }
  }

  private let use = Guarded(Use())
  /// Apart from the rest, for a copy asks it at every bite.
  private let closing = Atomic<Bool>(false)

  init(_ number: Int32, _ ownership: Ownership, kind: EndKind?, reactor: Reactor?) {
    self.number = number
    self.ownership = ownership
    fixedKind = kind
    home = reactor.map { Home(readiness: Readiness(number, on: $0, lent: ownership == .lent)) }
  }

  deinit {
    if !use.withLock({ $0.isClosed }) { reallyClose() }
  }

  /// Begins a use. A stream has one reader and one writer at a time (EBUSY); a closed descriptor has none (EBADF).
  ///
  /// - Parameter copy: who is to be interrupted when the descriptor is closed meanwhile.
  func begin(_ direction: Direction, exclusive: Bool, copy: Parker.Ticket? = nil) throws(Errno) {
    let refusal: Errno? = use.withLock { use in
      if isClosing { return .badFileDescriptor }
      if exclusive {
        switch direction {
        case .reading:
          if use.isRead { return .resourceBusy }
          use.isRead = true
        case .writing:
          if use.isWritten { return .resourceBusy }
          use.isWritten = true
        }
      }
      use.count += 1
      if let copy { use.add(copy, direction, exclusive: exclusive) }
      return nil
    }
    if let refusal { throw refusal }
  }

  func end(_ direction: Direction, exclusive: Bool, copy: Parker.Ticket? = nil) {
    let (closes, rests) = use.withLock { use in
      use.count -= 1
      if let copy { use.remove(copy, direction, exclusive: exclusive) }
      if exclusive {
        switch direction {
        case .reading: use.isRead = false
        case .writing: use.isWritten = false
        }
      }
      guard isClosing, use.count == 0, !use.isClosed else { return (false, use.count == 0) }
      use.isClosed = true
      return (true, false)
    }
    if closes {
      reallyClose()
    } else if rests, ownership == .lent {
      // Its owner may close it now, and the peer has to hear of that.
      home?.readiness.rest()
    }
  }

  /// Makes one call that does not suspend, on a number that stays this descriptor's until it returns. EBADF once it is
  /// closed: the number may be a stranger's then.
  func using<Value>(_ call: (Int32) throws(Errno) -> Value) throws(Errno) -> Value {
    try begin(.writing, exclusive: false)
    defer { end(.writing, exclusive: false) }
    return try call(number)
  }

  /// No new use begins; those under way end with "closed"; the descriptor is closed after the last of them.
  func close() {
    let (closes, copies): (Bool, [Parker.Ticket]) = use.withLock { use in
      guard !closing.exchange(true, ordering: .acquiringAndReleasing) else { return (false, []) }
      use.isClosed = use.count == 0
      return (use.isClosed, use.copies)
    }
    if closes {
      reallyClose()
    } else {
      home?.readiness.interruptWaitersFromAnywhere()
      for copy in copies { copy.interrupt(by: .closed) }
    }
  }

  /// Closes it here and now and throws what close(2) says: a file system that keeps writes back (NFS, quotas) reports
  /// their errors there. EBUSY while somebody uses it; one that is closed already is left alone.
  func closeChecked() throws(Errno) {
    if isClosing { return }
    let closes = use.withLock { use in
      guard use.count == 0, !closing.exchange(true, ordering: .acquiringAndReleasing) else { return false }
      use.isClosed = true
      return true
    }
    guard closes else { throw .resourceBusy }
    home?.readiness.withdraw()
    if ownership == .owned { try Linux.close(number) }
  }

  var isClosing: Bool { closing.load(ordering: .acquiring) }

  private func reallyClose() {
    home?.readiness.withdraw()
    guard ownership == .owned else { return }
    let number = number
    if home == nil, let reactor = Reactor.current, Self.freesFile(number) {
      reactor.blockingPool.start { Self.close(number) }
    } else {
      Self.close(number)
    }
  }

  private static func close(_ number: Int32) {
    // An error of close(2) is one of a write long past; File.sync() and closeChecked() are where it is asked for.
    try? Linux.close(number)
  }

  /// Closing a file that has no name left gives its blocks back to the file system, which for a large one takes the
  /// disk. One with a name is closed at once, for others may see whether it is: its locks, and whether it can be
  /// executed (ETXTBSY), hang on that.
  private static func freesFile(_ number: Int32) -> Bool {
    guard let facts = try? Linux.knownFacts(of: number) else { return false }
    return facts.kind == .regular && facts.links == 0
  }
}
