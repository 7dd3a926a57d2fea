import SystemPackage

/// Bytes gathered in memory: the sink of `readAll`. Confined to the copy that fills it.
final class Collector: @unchecked Sendable {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// Room for exactly so many, where the size is known.
  func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Bytes that fit without growing; nil when there are none.
  var room: Int? { bytes.capacity == bytes.count ? nil : bytes.capacity - bytes.count }

  /// Bytes are there, and no room for more.
  var isFull: Bool { !bytes.isEmpty && bytes.capacity == bytes.count }

  func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

  /// Reads into the room at the end, at most `most` bytes.
  func fill(
    upTo most: Int, _ read: (UnsafeMutableRawBufferPointer) throws(Errno) -> Int
  ) throws(Errno) -> Int {
    if bytes.capacity - bytes.count < most {
      // Half again at a time: at most a third is wasted, and each byte is moved twice on the average.
      bytes.reserveCapacity(bytes.count + max(most, bytes.count / 2))
    }
    var result: Result<Int, Errno> = .success(0)
    bytes.append(addingCapacity: most) { room in
      unsafe room.withUnsafeMutableBufferPointer { buffer, count in
        result = Result { () throws(Errno) in
          try unsafe read(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<most]))
        }
        if case .success(let filled) = result { count += filled }
      }
    }
    return try result.get()
  }

  func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes.isEmpty ? [] : bytes
  }
}
