/// What is measured: one way of moving the bytes.
enum Subject: String, CaseIterable, Encodable {
  case engineAutomatic = "engine-automatic"
  case engineBuffered = "engine-buffered"
  case engineSpliced = "engine-spliced"
  case bareSplice = "bare-splice"
  case bareBlocking = "bare-blocking"
  case bareBuffered = "bare-buffered"
  case bareSendfile = "bare-sendfile"
  case relay
  case go
  case haproxySplice = "haproxy-splice"
  case haproxyPlain = "haproxy-plain"
  case nginx

  /// Nil for what other people wrote.
  var program: Program? {
    switch self {
    case .relay: .relay
    case .go, .haproxySplice, .haproxyPlain, .nginx: nil
    case .engineAutomatic, .engineBuffered, .engineSpliced: .engine
    case .bareSplice, .bareBlocking, .bareBuffered: .bareSplice
    case .bareSendfile: .bareSendfile
    }
  }

  var peer: Peer? {
    switch self {
    case .go: .go
    case .haproxySplice: .haproxySplice
    case .haproxyPlain: .haproxyPlain
    case .nginx: .nginx
    default: nil
    }
  }

  /// Starts it as a relay to these ports, and waits until it listens.
  func relay(to ports: [Int], _ crew: Crew) throws -> (child: Child, ports: [Int]) {
    if let peer { return try crew.listen(peer, to: ports[0]) }
    guard let program else { throw Failure("\(rawValue) is no relay.") }
    return try crew.listen(program, relaying(to: ports))
  }

  /// Its arguments as a relay: one listener for every upstream port.
  func relaying(to ports: [Int]) -> [String] {
    let pairs = ports.flatMap { ["--listen", "0", "--to", String($0)] }
    return switch self {
    case .relay, .go, .haproxySplice, .haproxyPlain, .nginx: pairs
    case .engineAutomatic: ["relay", "--route", "automatic"] + pairs
    case .engineBuffered: ["relay", "--route", "buffered"] + pairs
    case .engineSpliced: ["relay", "--route", "splice"] + pairs
    case .bareSplice, .bareSendfile: ["--mode", "epoll"] + pairs
    case .bareBlocking: ["--mode", "blocking"] + pairs
    case .bareBuffered: ["--mode", "buffered"] + pairs
    }
  }

  /// Its arguments as a server of one file.
  func serving(_ path: String) -> [String] {
    let place = ["--listen", "0", "--file", path]
    return switch self {
    case .engineBuffered: ["file", "--route", "buffered"] + place
    case .relay, .go, .haproxySplice, .haproxyPlain, .nginx: place
    case .engineAutomatic, .engineSpliced: ["file", "--route", "automatic"] + place
    case .bareBlocking: ["--mode", "blocking"] + place
    case .bareSplice, .bareBuffered, .bareSendfile: ["--mode", "epoll"] + place
    }
  }
}
