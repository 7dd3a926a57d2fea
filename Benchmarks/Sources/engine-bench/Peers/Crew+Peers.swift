import CBench
import Foundation

extension Crew {
  /// Starts a peer as a relay to `upstream`, and waits until it listens.
  func listen(_ peer: Peer, to upstream: Int) throws -> (child: Child, ports: [Int]) {
    let directory = NSTemporaryDirectory() + "millrace-peer-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    removeLater(directory)
    let port = try freePort()
    let command = try peer.command(from: port, to: upstream, in: directory)
    let child = try start(command)
    while !isListening(port) {
      guard deadline.millisecondsLeft > 0, !child.hasEnded else {
        throw Failure("\(child.name) does not listen on port \(port).")
      }
      usleep(5000)
    }
    return (child, [port])
  }

  /// A port that the kernel has just given and got back: nobody else's for a moment.
  private func freePort() throws -> Int {
    var port: UInt16 = 0
    let listener = bench_listen(0, &port)
    close(listener)
    return Int(port)
  }

  /// Whether someone listens, without a connection that would go on to the upstream. ss(8) reads the same.
  private func isListening(_ port: Int) -> Bool {
    guard let table = try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8) else { return false }
    let place = ":" + String(format: "%04X", port)
    return table.split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.count > 3 && words[1].hasSuffix(place) && words[3] == "0A"
    }
  }
}
