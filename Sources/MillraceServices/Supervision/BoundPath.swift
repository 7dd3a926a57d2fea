import LinuxCalls

/// The path that binding a Unix socket made, known by its inode: whoever removes it in the end must not remove what somebody
/// else put in its place. unix(7)
struct BoundPath: Sendable, Equatable {
  let path: String
  let device: UInt64
  let inode: UInt64

  init(_ path: String, device: UInt64, inode: UInt64) {
    self.path = path
    self.device = device
    self.inode = inode
  }

  /// Of a socket that was bound just now; nil for an abstract name, which has no path, and for a path that has gone again.
  init?(justBound path: String) {
    guard !path.hasPrefix("@"), let facts = try? Linux.facts(ofPathItself: path) else { return nil }
    self.init(path, device: facts.device, inode: facts.inode)
  }

  /// Removes it, if it is still that socket's. The socket must not be closed yet: it keeps its inode, and no other can have
  /// that number meanwhile.
  func remove() {
    guard let facts = try? Linux.facts(ofPathItself: path), facts.kind == .socket, facts.device == device,
      facts.inode == inode
    else { return }
    try? Linux.unlink(path)
  }
}
