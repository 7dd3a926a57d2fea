import LinuxCalls
import Reactors
import SystemPackage

// What is held between the ends: pending bytes, a buffer, a pipe. Leased when bytes move, given back when they do not.
extension Transfer {
  /// A prefix up to this size goes into the buffer, to leave in one call with what the source has.
  static let mostPrimed = 16 * 1024

  /// Leases what the next bite of `method` needs; on the reactor.
  func lease(for method: Method) {
    switch method {
    case .pipedSplice:
      if pipe == nil, !spliceIsOut { leasePipe() }
    case .adaptive:
      if wantsPipe, heldInBuffer == 0 {
        if pipe == nil {
          giveBackBuffer()
          leasePipe()
        }
      } else if pump.held == 0 {
        giveBackPipe()
      }
      if pipe == nil { leaseBuffer() }
    case .buffered:
      if collector == nil { leaseBuffer() }
    default: break
    }
  }

  /// An adaptive flow has become bulk, and is to be spliced as soon as its buffer is empty.
  var wantsPipe: Bool { isAdaptive && gauge.isBulk && !spliceIsOut && remaining >= FlowGauge.leastOwed }

  /// What is empty goes back: a copy that waits for its source owns nothing.
  func giveBackLeases() {
    if heldInBuffer == 0 { giveBackBuffer() }
    if pump.held == 0 {
      giveBackPipe()
      giveBackTeePipes()
    }
  }

  private func giveBackTeePipes() {
    for branch in tees where branch.held == 0 {
      if let lease = branch.pipe.take() { reactor.pipes.giveBack(lease, isEmpty: true) }
    }
  }

  private func leaseBuffer() {
    if !hasBuffer { buffer = reactor.buffers.lease() }
  }

  private func giveBackBuffer() {
    guard let lease = buffer.take() else { return }
    reactor.buffers.giveBack(lease)
  }

  private func leasePipe() {
    do throws(PipePool.Refusal) {
      let lease = try reactor.pipes.lease()
      do throws(PipePool.Refusal) { try leaseTeePipes() } catch {
        reactor.pipes.giveBack(lease, isEmpty: true)
        giveBackTeePipes()
        throw error
      }
      pump = SplicePump(remaining: remaining, chunk: min(lease.capacity, Self.longTurn))
      pipe = consume lease
    } catch {
      spliceIsOut = true
      ledger.decline(.pipedSplice, error.sentence)
    }
  }

  private func leaseTeePipes() throws(PipePool.Refusal) {
    for branch in tees where branch.needsPipe { branch.pipe = try reactor.pipes.lease() }
  }

  private func giveBackPipe() {
    guard let lease = pipe.take() else { return }
    reactor.pipes.giveBack(lease, isEmpty: pump.held == 0)
  }

  /// Puts a small prefix into the buffer, so that it leaves together with what the source has.
  func prime(for method: Method) {
    guard method == .buffered || method == .adaptive, let source, source.kind != .regular, !source.mayBlock,
      collector == nil,
      !pending.isEmpty, pending.count <= Self.mostPrimed, !hasBuffer, tees.isEmpty, throttles.isEmpty
    else { return }
    leaseBuffer()
    guard var lease = buffer.take() else { return }
    let slice = pending.slice
    let count =
      (try? unsafe lease.fill(upTo: slice.count) { (room) throws(Errno) in
        unsafe room.copyBytes(from: slice)
        return slice.count
      }) ?? 0
    primed = count
    pending.removeFirst(count)
    buffer = consume lease
  }

  /// What the pipe holds becomes pending, for the next route or as residue. On the reactor's thread or the pool's.
  func salvagePipe() {
    guard pump.held > 0 else { return }
    switch pipe {
    case .none: break
    case .some(let lease):
      var saved: [UInt8] = []
      saved.reserveCapacity(pump.held)
      while saved.count < pump.held {
        let readEnd = lease.readEnd
        let missing = pump.held - saved.count
        // The bytes are there by our own count, and nobody else has this pipe.
        guard
          let more = try? unsafe readBytes(
            upTo: missing,
            { (room) throws(Errno) in try unsafe Linux.read(readEnd, into: room) }), !more.isEmpty
        else { break }
        saved += more
      }
      pump.pumped(saved.count)
      pending = PendingBytes(saved + pending.slice, route: .buffered)
    }
  }

  /// Every byte that was taken and not delivered, in order. Ends the copy's hold on them.
  func takeResidue() -> [UInt8] {
    salvagePipe()
    var bytes: [UInt8] = []
    if var lease = buffer.take() {
      bytes = lease.takeAll()
      buffer = consume lease
    }
    bytes += pending.slice
    pending = PendingBytes()
    return bytes
  }

  func giveBackEverything() {
    giveBackBuffer()
    giveBackPipe()
  }
}
