import Foundation

/// The peers that serve files over HTTP.
extension PeerPrograms {
  /// The shell's command of one that serves the files of `root`, with one thread and without an access log.
  func webServer(_ peer: Peer, _ port: UInt16, _ root: String) throws -> String {
    switch peer {
    case .go: return "GOMAXPROCS=1 exec '\(try built(peer, "http"))' -listen 127.0.0.1:\(port) -root '\(root)'"
    case .nginx, .nginxCached:
      let path = "\(directory)/\(peer.rawValue)-\(port).conf"
      try nginx(port, root, keepsOpen: peer == .nginxCached).write(toFile: path, atomically: true, encoding: .utf8)
      return "exec '\(try find("nginx", for: peer))' -c '\(path)' -e stderr"
    case .caddy:
      let path = "\(directory)/caddy-\(port)"
      try Self.caddy(port, root).write(toFile: path, atomically: true, encoding: .utf8)
      // It looks for folders to keep things in, and is to find none of the person who measures.
      let home = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"].map { "\($0)='\(directory)'" }.joined(separator: " ")
      let program = try find("caddy", for: peer)
      return "\(home) GOMAXPROCS=1 exec '\(program)' run --config '\(path)' --adapter caddyfile"
    case .c: return "exec '\(try built(peer, "http"))' --listen \(port) --root '\(root)'"
    case .haproxy: throw Subject.Skipped("it serves no files over HTTP here")
    }
  }

  private func nginx(_ port: UInt16, _ root: String, keepsOpen: Bool) -> String {
    // Where it would keep bodies of requests, which nobody sends; the built-in places are root's.
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "  \($0)_temp_path \"\(directory)/nginx-\($0)\";" }.joined(separator: "\n")
    return """
      daemon off;
      master_process off;
      pid "\(directory)/nginx-\(port).pid";
      error_log stderr error;
      worker_rlimit_nofile 20000;
      events { worker_connections 19000; }
      http {
        access_log off;
        sendfile on;
        tcp_nopush on;
        keepalive_requests 1000000000;
        keepalive_timeout 1h;
        client_header_timeout 1h;
        \(keepsOpen ? "open_file_cache max=1000;\n  open_file_cache_valid 60s;" : "")
      \(places)
        server {
          listen 127.0.0.1:\(port);
          root "\(root)";
        }
      }

      """
  }

  private static func caddy(_ port: UInt16, _ root: String) -> String {
    """
    {
      admin off
      auto_https off
      log {
        output discard
      }
      servers {
        timeouts {
          idle 1h
        }
      }
    }
    http://:\(port) {
      bind 127.0.0.1
      root * "\(root)"
      file_server
    }

    """
  }
}
