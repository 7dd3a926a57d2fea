/// A reactor's buffers, last in first out: the one given back a moment ago is still in the cache.
///
/// Belongs to the reactor's thread.
package final class BufferPool {
  /// Every buffer's size. A read/write loop gains nothing from more than this and leaves the second-level cache.
  package static let bufferSize = 64 * 1024
  /// More idle buffers than this are freed.
  private static let mostIdle = 64

  @exclusivity(unchecked) private var idle: [UnsafeMutableRawPointer] = []
  @exclusivity(unchecked) package private(set) var leased = 0

  init() { idle.reserveCapacity(Self.mostIdle) }

  package var idleCount: Int { idle.count }

  package func lease() -> BufferLease {
    leased += 1
    if let memory = idle.popLast() { return BufferLease(memory) }
    return BufferLease(.allocate(byteCount: Self.bufferSize, alignment: 4096))
  }

  package func giveBack(_ lease: consuming BufferLease) {
    leased -= 1
    let memory = lease.surrender()
    if idle.count < Self.mostIdle {
      idle.append(memory)
    } else {
      memory.deallocate()
    }
  }

  deinit {
    for memory in idle { memory.deallocate() }
  }
}
