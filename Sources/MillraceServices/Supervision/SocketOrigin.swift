/// Where a listening socket is from, and so whose its path is. It goes from a process to its successor as the name of the
/// descriptor (LISTEN_FDNAMES, sd_listen_fds(3)).
enum SocketOrigin: Sendable, Equatable {
  /// Bound here, or by the process that this one succeeds, with the path that it made.
  case bound(BoundPath?)
  /// Lent by a supervisor under this name: its path is the supervisor's.
  case lent(name: String)

  private static let prefix = "millrace-bound"

  /// Of a descriptor by its name. A supervisor's are lent, whatever they are called.
  init(descriptorName name: String, path: String?, isFromPredecessor: Bool) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard isFromPredecessor, parts.first == Self.prefix[...] else {
      self = .lent(name: name)
      return
    }
    if let path, parts.count == 3, let device = UInt64(parts[1]), let inode = UInt64(parts[2]) {
      self = .bound(BoundPath(path, device: device, inode: inode))
    } else {
      self = .bound(nil)
    }
  }

  /// At most 255 characters without a colon, as sd_listen_fds(3) wants it.
  var descriptorName: String {
    switch self {
    case .bound(let path?): "\(Self.prefix)/\(path.device)/\(path.inode)"
    case .bound(nil): Self.prefix
    case .lent(let name): name
    }
  }
}
