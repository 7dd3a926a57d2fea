import LinuxCalls
import Reactors
import SystemPackage

/// An end of a copy that the kernel reads or writes.
struct KernelEnd {
  let descriptor: Descriptor
  /// How to wait for it; nil for what has not made anyone wait.
  private(set) var readiness: Readiness?
  private(set) var facts: EndFacts
  /// Where the next byte is, where there are positions; nil for streams, and for a sink that appends.
  var offset: Int64?
  /// The readiness was made for this copy alone: the descriptor has no home, or lives on another reactor, whose state
  /// is not ours to touch.
  private var isGuest: Bool
  /// epoll refuses it (EPERM): no waiting, the call itself blocks, in the pool.
  var cannotWait = false
  /// The kernel cannot promise not to block on it (RWF_NOWAIT): no pipe before Linux 6.4, and no FIFO that was opened by
  /// its path on any. The call is made in the pool.
  var lacksNoWait = false

  init(
    _ descriptor: Descriptor, _ direction: Descriptor.Direction, offset: Int64?, on reactor: Reactor
  ) throws(Errno) {
    self.descriptor = descriptor
    facts = try EndFacts(of: descriptor, for: direction)
    // Appending is a matter of writing alone.
    let hasPositions = !facts.kind.isStream && (direction == .reading || !facts.appends)
    self.offset = hasPositions ? offset ?? 0 : nil
    if !facts.kind.isStream {
      readiness = nil
      isGuest = false
    } else if let home = descriptor.home, home.reactor === reactor {
      readiness = home.readiness
      isGuest = false
    } else {
      readiness = Readiness(descriptor.number, on: reactor, lent: true)
      isGuest = true
    }
  }

  var number: Int32 { descriptor.number }
  var kind: EndKind { facts.kind }

  /// Whether calls on it may block whatever is done, and so belong into the pool.
  var mayBlock: Bool {
    switch kind {
    case .terminal, .device, .blockDevice, .unknown: true
    case .pipe: facts.blocks && lacksNoWait
    default: false
    }
  }

  /// Watches a file that has no bytes now and may have some later, such as /proc/kmsg.
  mutating func watch(on reactor: Reactor) {
    guard readiness == nil else { return }
    readiness = Readiness(number, on: reactor, lent: true)
    isGuest = true
  }

  /// Asks for the size again: a file may have grown, and what it gained need not be in memory.
  mutating func askSizeAgain() {
    if let now = try? Linux.knownFacts(of: number) { facts.note(now) }
  }

  /// Writes once, or as far as poll(2) promises; what it accepted moves the offset. A call that accepts nothing and names
  /// no error is EIO: it would be made for ever.
  mutating func write(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(Errno) -> Int {
    let count = try unsafe writeOnce(bytes, more: more)
    if count == 0, unsafe !bytes.isEmpty { throw .ioError }
    if let offset { self.offset = offset + Int64(count) }
    return count
  }

  private func writeOnce(_ bytes: UnsafeRawBufferPointer, more: Bool) throws(Errno) -> Int {
    switch kind {
    case .tcp, .unix, .stream: return try unsafe Linux.send(number, bytes, more: more)
    case .pipe where facts.blocks && !lacksNoWait: return try unsafe Linux.writeNoWait(number, bytes)
    case _ where mayWaitForPeer: return try unsafe writeInPieces(bytes)
    default:
      guard let offset else { return try unsafe Linux.write(number, bytes) }
      return try unsafe Linux.write(number, at: offset, bytes)
    }
  }

  func release() {
    if isGuest { readiness?.withdraw() }
  }
}
