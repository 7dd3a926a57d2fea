package import LinuxCalls
package import SystemPackage

// Calls for those who are in the blocking pool, or know that they do not wait.
extension File {
  /// The first `most` bytes; fewer where there are no more.
  ///
  /// - Parameter waits: otherwise EAGAIN for what is not in memory, or EOPNOTSUPP where the kernel cannot tell.
  package func contentNow(upTo most: Int, waits: Bool) throws(Errno) -> [UInt8] {
    let number = descriptor.number
    return try unsafe readBytes(upTo: most) { (room) throws(Errno) in
      waits ? try unsafe Linux.read(number, at: 0, into: room) : try unsafe Linux.readNoWait(number, at: 0, into: room)
    }
  }

  /// What the kernel has at hand of it.
  package func factsNow() throws(Errno) -> FileFacts { try Linux.knownFacts(of: descriptor.number) }
}
