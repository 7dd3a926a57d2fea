import Foundation

/// Finds the peers' programs, and builds those that are ours.
struct PeerPrograms {
  /// A folder of this run.
  let directory: String

  /// What a peer is to do, with one thread.
  enum Part {
    /// From its port to this one.
    case relay(to: UInt16)
    /// Each byte asks for the file.
    case serve(path: String, size: Int)
    /// Each `size` bytes become a file in the folder; a byte answers.
    case store(folder: String, size: Int)
    /// A GET asks for a file of the folder.
    case files(root: String)
  }

  /// The shell's command of a peer that listens at a port of the loopback. Throws what is missing, and how to get it.
  func command(of peer: Peer, at port: UInt16, _ part: Part) throws -> String {
    switch (peer, part) {
    case (.go, .relay(let upstream)):
      return "GOMAXPROCS=1 exec '\(try built(peer, "relay"))' -listen 127.0.0.1:\(port) -to 127.0.0.1:\(upstream)"
    case (.go, .serve(let path, let size)):
      return "GOMAXPROCS=1 exec '\(try built(peer, "files"))' -listen 127.0.0.1:\(port) -serve '\(path)' -size \(size)"
    case (.go, .store(let folder, let size)):
      return
        "GOMAXPROCS=1 exec '\(try built(peer, "files"))' -listen 127.0.0.1:\(port) -store '\(folder)' -size \(size)"
    case (.c, .relay(let upstream)):
      return "exec '\(try built(peer, "relay"))' --listen \(port) --to \(upstream)"
    case (.c, .serve(let path, let size)):
      return "exec '\(try built(peer, "files"))' --listen \(port) --serve '\(path)' --size \(size)"
    case (.c, .store(let folder, let size)):
      return "exec '\(try built(peer, "files"))' --listen \(port) --store '\(folder)' --size \(size)"
    case (.haproxy, .relay(let upstream)):
      let path = "\(directory)/haproxy-\(port).cfg"
      try Self.haproxy(port, upstream).write(toFile: path, atomically: true, encoding: .utf8)
      // In the foreground, without a master process.
      return "exec '\(try find("haproxy", for: peer))' -q -db -f '\(path)'"
    case (.nginx, .relay(let upstream)):
      let path = "\(directory)/nginx-\(port).conf"
      try nginx(port, upstream).write(toFile: path, atomically: true, encoding: .utf8)
      return "exec '\(try find("nginx", for: peer))' -c '\(path)' -e stderr"
    case (_, .files(let root)): return try webServer(peer, port, root)
    case (.haproxy, _), (.nginx, _): throw Subject.Skipped("it is a relay here, and this is none")
    case (.nginxCached, _), (.caddy, _):
      throw Subject.Skipped("it serves files over HTTP here, and this is none of that")
    }
  }

  private static func haproxy(_ port: UInt16, _ upstream: UInt16) -> String {
    """
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
        option splice-auto
    listen relay
        bind 127.0.0.1:\(port)
        server one 127.0.0.1:\(upstream)

    """
  }

  private func nginx(_ port: UInt16, _ upstream: UInt16) -> String {
    """
    \(Self.streamModule.map { "load_module \($0);" } ?? "")
    daemon off;
    master_process off;
    pid \(directory)/nginx-\(port).pid;
    error_log stderr error;
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

  /// nginx has it built in, or as a module in one of these places.
  private static var streamModule: String? {
    ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules"]
      .map { "\($0)/ngx_stream_module.so" }.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Where a program is, among the places that people's own and the system's are in.
  func find(_ name: String, for peer: Peer) throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    for place in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"] {
      if FileManager.default.isExecutableFile(atPath: "\(place)/\(name)") { return "\(place)/\(name)" }
    }
    throw Subject.Skipped("it is not installed: \(peer.remedy)")
  }

  /// Builds a program of ours in this run's folder, once.
  func built(_ peer: Peer, _ name: String) throws -> String {
    let program = "\(directory)/peer-\(peer.rawValue)-\(name)"
    if FileManager.default.isExecutableFile(atPath: program) { return program }
    let sources = try Self.sources() + "/\(peer.rawValue)"
    let compiler = try find(peer == .go ? "go" : "cc", for: peer)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: compiler)
    process.arguments =
      peer == .go ? ["build", "-o", program, "./\(name)"] : try Self.compile(sources, name, into: program)
    process.currentDirectoryURL = URL(fileURLWithPath: sources)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchFailure("the peer \(peer.rawValue) cannot be built from \(sources)")
    }
    return program
  }

  private static func compile(_ sources: String, _ name: String, into program: String) throws -> [String] {
    let files = try ["common", name].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: "\(sources)/\(folder)").filter { $0.hasSuffix(".c") }
        .sorted().map { "\(folder)/\($0)" }
    }
    return ["-O2", "-std=gnu17", "-I", "common/include", "-o", program] + files + ["-lpthread"]
  }

  /// The peers' sources: in the package, above the program or the working folder.
  private static func sources() throws -> String {
    let places = [ProcessInfo.processInfo.arguments[0], FileManager.default.currentDirectoryPath + "/x"]
    for place in places {
      var folder = URL(fileURLWithPath: place).resolvingSymlinksInPath().deletingLastPathComponent()
      while folder.path != "/" {
        let sources = folder.appendingPathComponent("Benchmarks/Peers").path
        if FileManager.default.fileExists(atPath: "\(sources)/go/go.mod") { return sources }
        folder.deleteLastPathComponent()
      }
    }
    throw BenchFailure(
      "the sources of the peers go and c are not here: run it in a clone of Millrace, which has them in Benchmarks/Peers"
    )
  }
}
