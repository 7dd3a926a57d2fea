@testable import MillraceEvidence
import Testing

@Suite("What peers have a part in")
struct PeerPartTests {
  private let programs = PeerPrograms(directory: "/nowhere")

  private func reason(_ peer: Peer, _ part: PeerPrograms.Part) -> String? {
    do {
      _ = try programs.command(of: peer, at: 8000, part)
      return nil
    } catch let skipped as Subject.Skipped {
      return skipped.reason
    } catch {
      return nil
    }
  }

  @Test("leaves servers of files out of what is none of that", arguments: [Peer.nginxCached, .caddy])
  func webServers(_ peer: Peer) {
    for part in [
      PeerPrograms.Part.relay(to: 9000), .serve(path: "/nowhere/file", size: 1), .store(folder: "/nowhere", size: 1),
    ] {
      #expect(reason(peer, part)?.hasPrefix("it serves files over HTTP here") == true, "\(part)")
    }
  }

  @Test("leaves out of HTTP what serves none")
  func others() {
    #expect(reason(.haproxy, .files(root: "/nowhere")) == "it serves no files over HTTP here")
  }
}
