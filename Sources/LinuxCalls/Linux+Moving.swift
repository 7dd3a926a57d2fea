import CLinux
package import SystemPackage

// Calls that move bytes inside the kernel. All answer the number of bytes moved; zero is the end of the source
// where the manual says so. At most 2 GiB - 4 KiB move in one call.
extension Linux {
  /// Whether a splice may wait for room or bytes in the pipe. It says nothing about the other end.
  package enum PipeWait: Sendable { case never, allowed }

  /// Moves bytes between a pipe and anything. An offset belongs to the end that is a file and advances with it.
  /// splice(2)
  package static func splice(
    from source: Int32, at sourceOffset: inout Int64?, to sink: Int32, at sinkOffset: inout Int64?, upTo length: Int,
    more: Bool = false, wait: PipeWait = .never
  ) throws(Errno) -> Int {
    let flags = (wait == .never ? CLINUX_SPLICE_NONBLOCK : 0) | (more ? CLINUX_SPLICE_MORE : 0)
    var from = sourceOffset ?? 0
    var to = sinkOffset ?? 0
    let usesFrom = sourceOffset != nil
    let usesTo = sinkOffset != nil
    let moved = try perform(.splice, on: source, and: sink, length: length) { ask in
      withUnsafeMutablePointer(to: &from) { fromPointer in
        withUnsafeMutablePointer(to: &to) { toPointer in
          clinux_splice(source, usesFrom ? fromPointer : nil, sink, usesTo ? toPointer : nil, ask, flags)
        }
      }
    }
    // The kernel has moved the offset it was given; our copy of it follows the count, which is the same.
    if usesFrom { sourceOffset = (sourceOffset ?? 0) + Int64(moved) }
    if usesTo { sinkOffset = (sinkOffset ?? 0) + Int64(moved) }
    return moved
  }

  /// splice(2) between two ends that have no position.
  package static func splice(
    from source: Int32, to sink: Int32, upTo length: Int, more: Bool = false, wait: PipeWait = .never
  ) throws(Errno) -> Int {
    let flags = (wait == .never ? CLINUX_SPLICE_NONBLOCK : 0) | (more ? CLINUX_SPLICE_MORE : 0)
    return try perform(.splice, on: source, and: sink, length: length) { ask in
      clinux_splice(source, nil, sink, nil, ask, flags)
    }
  }

  /// Duplicates what one pipe holds into another, without consuming it.
  /// tee(2)
  package static func tee(from source: Int32, to sink: Int32, upTo length: Int) throws(Errno) -> Int {
    try perform(.tee, on: source, and: sink, length: length) { clinux_tee(source, sink, $0, CLINUX_SPLICE_NONBLOCK) }
  }

  /// Sends a file's bytes from an explicit offset, which leaves the file's own position alone.
  /// sendfile(2)
  package static func sendfile(
    from file: Int32, at offset: Int64, to sink: Int32, upTo length: Int
  ) throws(Errno) -> Int {
    var position = offset
    return try perform(.sendfile, on: file, and: sink, length: length) { clinux_sendfile(sink, file, &position, $0) }
  }

  /// Copies between two files inside the kernel; shares the extents where the file system can.
  /// copy_file_range(2)
  package static func copyFileRange(
    from source: Int32, at sourceOffset: Int64, to sink: Int32, at sinkOffset: Int64, upTo length: Int
  ) throws(Errno) -> Int {
    var from = sourceOffset
    var to = sinkOffset
    return try perform(.copyFileRange, on: source, and: sink, length: length) {
      clinux_copy_file_range(source, &from, sink, &to, $0)
    }
  }
}
