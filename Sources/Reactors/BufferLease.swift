package import SystemPackage

/// A buffer on lease, with the bytes in it that are not delivered yet: filled at the end, emptied from the front.
package struct BufferLease: ~Copyable {
  private let base: UnsafeMutableRawPointer
  // Small numbers: every copy has room for a lease.
  private var first: UInt32 = 0
  private var last: UInt32 = 0

  init(_ base: UnsafeMutableRawPointer) { self.base = base }

  deinit { base.deallocate() }

  consuming func surrender() -> UnsafeMutableRawPointer {
    let base = base
    discard self
    return base
  }

  private var start: Int {
    get { Int(first) }
    set { first = UInt32(newValue) }
  }
  private var end: Int {
    get { Int(last) }
    set { last = UInt32(newValue) }
  }
  private var memory: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base, count: BufferPool.bufferSize)
  }

  package var count: Int { end - start }
  package var isEmpty: Bool { first == last }
  package var room: Int { BufferPool.bufferSize - end }

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

  /// Shows the bytes not delivered yet.
  package borrowing func withBytes<Value, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try body(Span(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[start..<end])))
  }

  /// They have been used, from the front.
  package mutating func removeFirst(_ count: Int) {
    precondition(count <= self.count, "no more bytes can be used than there are")
    start += count
  }

  /// Appends bytes that were kept elsewhere; there must be room for them.
  package mutating func append(_ bytes: borrowing [UInt8]) {
    if isEmpty {
      start = 0
      end = 0
    }
    precondition(bytes.count <= room, "a buffer takes no more than it has room for")
    bytes.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyMemory(from: bytes)
    }
    end += bytes.count
  }

  /// Moves the bytes to the front, so that all the rest is room.
  package mutating func compact() {
    let count = count
    if start > 0, count > 0 { base.copyMemory(from: base + start, byteCount: count) }
    start = 0
    end = count
  }

  /// The bytes not delivered yet, taken out.
  package mutating func takeAll() -> [UInt8] {
    let bytes = [UInt8](memory[start..<end])
    start = end
    return bytes
  }
}
