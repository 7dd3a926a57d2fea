/// The kinds of system call that are counted; the raw value is the place in the counters.
package enum SystemCall: Int, CaseIterable, Sendable {
  case splice, tee, sendfile
  case copyFileRange = 3
  case read, write, pread, pwrite
  case recv, send
  case open, close, fstat, fcntl, seek, truncate, sync, rename
  case socket, bind, listen, connect, accept, shutdown, socketOption
  case epollWait, epollControl, eventfd
  case cachestat, pipe, poll
  case other

  /// The name in the manual, as reports and metrics print it.
  package var name: String { Self.names[rawValue] }

  // Made once: the name of a case is a matter of reflection, which takes microseconds.
  private static let names = allCases.map(\.spelled)

  private var spelled: String {
    switch self {
    case .copyFileRange: "copy_file_range"
    case .seek: "lseek"
    case .truncate: "ftruncate"
    case .sync: "fsync"
    case .socketOption: "sockopt"
    case .epollWait: "epoll_wait"
    case .epollControl: "epoll_ctl"
    case .pipe: "pipe2"
    default: "\(self)"
    }
  }
}
