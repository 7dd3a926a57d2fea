package import SystemPackage

/// A buffer on lease, with the bytes in it that are not delivered yet: filled at the end, emptied from the front.
package struct BufferLease: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private var start = 0
  private var end = 0

  init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

  deinit { memory.deallocate() }

  consuming func surrender() -> UnsafeMutableRawBufferPointer {
    let memory = memory
    discard self
    return memory
  }

  package var count: Int { end - start }
  package var isEmpty: Bool { start == end }
  package var room: Int { memory.count - end }

  /// Appends what `read` puts into the room left, at most `most` bytes; answers the count.
  package mutating func fill(
    upTo most: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Errno) -> Int
  ) throws(Errno) -> Int {
    if isEmpty {
      start = 0
      end = 0
    }
    let count = try read(UnsafeMutableRawBufferPointer(rebasing: memory[end..<(end + min(most, room))]))
    end += count
    return count
  }

  /// Takes from the front what `write` accepts; answers the count.
  package mutating func drain(
    _ write: (UnsafeRawBufferPointer) throws(Errno) -> Int
  ) throws(Errno) -> Int {
    let count = try write(UnsafeRawBufferPointer(rebasing: memory[start..<end]))
    start += count
    return count
  }

  /// The bytes not delivered yet, taken out.
  package mutating func takeAll() -> [UInt8] {
    let bytes = [UInt8](memory[start..<end])
    start = end
    return bytes
  }
}
