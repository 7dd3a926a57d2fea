import LinuxCalls
import Reactors
import SystemPackage
import Testing

@Suite("A reactor's buffers", .timeLimit(.minutes(8)))
struct BufferPoolTests {
  /// Where a buffer's memory is.
  private func address(of lease: inout BufferLease) throws -> UInt {
    var address: UInt = 0
    _ = try lease.fill(upTo: 1) { (memory) throws(Errno) in
      address = UInt(bitPattern: memory.baseAddress)
      return 0
    }
    return address
  }

  /// Reads `bytes` into a buffer as a call would; answers how many it took.
  private func fill(_ lease: inout BufferLease, with bytes: [UInt8], upTo most: Int = .max) throws -> Int {
    try lease.fill(upTo: most) { (memory) throws(Errno) in
      memory.copyBytes(from: bytes.prefix(memory.count))
      return min(memory.count, bytes.count)
    }
  }

  @Test("the one given back last is the next one out; what is out and what waits is counted")
  func lastInFirstOut() async throws {
    try await onReactor { reactor in
      var one = reactor.buffers.lease()
      var two = reactor.buffers.lease()
      let places = (one: try address(of: &one), two: try address(of: &two))
      #expect(places.one != places.two)
      let whileOut = (reactor.buffers.leased, reactor.buffers.idleCount)
      #expect(whileOut == (2, 0))

      reactor.buffers.giveBack(one)
      reactor.buffers.giveBack(two)
      let afterwards = (reactor.buffers.leased, reactor.buffers.idleCount)
      #expect(afterwards == (0, 2))

      var again = reactor.buffers.lease()
      let place = try address(of: &again)
      #expect(place == places.two)
      reactor.buffers.giveBack(again)
    }
  }

  @Test("no more than 64 wait; the rest is freed")
  func bounded() async throws {
    try await onReactor { reactor in
      func leaseAll(_ count: Int) {
        let lease = reactor.buffers.lease()
        if count > 1 { leaseAll(count - 1) }
        reactor.buffers.giveBack(lease)
      }

      leaseAll(70)

      let counts = (reactor.buffers.leased, reactor.buffers.idleCount)
      #expect(counts == (0, 64))
    }
  }

  @Test("a buffer is filled at the end and emptied from the front, in order")
  func fillAndDrain() async throws {
    try await onReactor { reactor in
      var lease = reactor.buffers.lease()
      #expect(try fill(&lease, with: [1, 2, 3, 4]) == 4)
      #expect(try fill(&lease, with: [5, 6, 7], upTo: 2) == 2)
      let count = lease.count
      #expect(count == 6)

      var taken: [UInt8] = []
      let drained = try lease.drain { (bytes) throws(Errno) in
        taken = Array(bytes.prefix(4))
        return 4
      }

      #expect(drained == 4)
      #expect(taken == [1, 2, 3, 4])
      let rest = lease.takeAll()
      #expect(rest == [5, 6])
      let isEmpty = lease.isEmpty
      #expect(isEmpty)
      reactor.buffers.giveBack(lease)
    }
  }

  @Test("an emptied buffer has all its room again, a buffer in use what is behind its bytes")
  func room() async throws {
    try await onReactor { reactor in
      var lease = reactor.buffers.lease()
      var rooms = [lease.room]
      _ = try fill(&lease, with: [1, 2, 3])
      rooms.append(lease.room)
      _ = try lease.drain { (bytes) throws(Errno) in 3 }
      let filled = try fill(&lease, with: [UInt8](repeating: 1, count: BufferPool.bufferSize + 1))
      rooms.append(lease.room)

      #expect(rooms == [BufferPool.bufferSize, BufferPool.bufferSize - 3, 0])
      #expect(filled == BufferPool.bufferSize)
      reactor.buffers.giveBack(lease)
    }
  }

  @Test("a call that fails takes nothing out and puts nothing in")
  func failures() async throws {
    try await onReactor { reactor in
      var lease = reactor.buffers.lease()
      _ = try fill(&lease, with: [1, 2, 3])
      var errors: [Errno] = []
      do throws(Errno) {
        _ = try lease.drain { (bytes) throws(Errno) in throw .ioError }
      } catch { errors.append(error) }
      do throws(Errno) {
        _ = try lease.fill(upTo: 9) { (bytes) throws(Errno) in throw .brokenPipe }
      } catch { errors.append(error) }

      #expect(errors == [.ioError, .brokenPipe])
      let rest = lease.takeAll()
      #expect(rest == [1, 2, 3])
      reactor.buffers.giveBack(lease)
    }
  }

  @Test("the bytes of a former lease are not those of the next")
  func noLeftovers() async throws {
    try await onReactor { reactor in
      var former = reactor.buffers.lease()
      _ = try fill(&former, with: [1, 2, 3])
      reactor.buffers.giveBack(former)

      let lease = reactor.buffers.lease()

      let count = lease.count
      #expect(count == 0)
      reactor.buffers.giveBack(lease)
    }
  }
}
