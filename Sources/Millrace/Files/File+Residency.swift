package import LinuxCalls
package import Reactors

extension File {
  /// Whether a range is in memory, as far as the kernel says, so that sending it waits for no disk; on the thread of
  /// `reactor`.
  ///
  /// - Parameter facts: of this file.
  package func isInMemory(at offset: Int64, length: Int, _ facts: borrowing FileFacts, on reactor: Reactor) -> Bool {
    let answer = reactor.resident.residency(
      descriptor.number, ResidentRanges.File(device: facts.device, inode: facts.inode), at: offset, upTo: length,
      fileSize: facts.size, now: reactor.now)
    guard case .bytes(let known) = answer else { return false }
    return known >= min(Int64(length), facts.size - offset)
  }

  /// Takes over a descriptor that is known to be a regular file's.
  package convenience init(taking number: Int32, named name: String) {
    self.init(descriptor: Descriptor(number, .owned, kind: nil, reactor: nil), name: name, position: 0)
  }
}
