import Testing

@testable import MillraceEvidence

/// What tcpdump captured, and what it says of the scrubbed copy.
@Suite("scrubbing a capture of tcpdump") struct RealCaptureTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  @Test(
    "a capture by tcpdump has right checksums after it",
    .enabled("needs tcpdump, unshare and ip, and the right to make a network namespace", { RealCapture.isPossible }))
  func realCapture() async throws {
    try RealCapture.make(folder.path("in.pcap"))
    let before = try Tool.run("tcpdump", ["-nn", "-r", folder.path("in.pcap")]).output
    #expect(before.contains("10.20.30.40") && before.contains("2a01:4f8"))
    let summary = try await folder.scrub(["in.pcap"], into: "out")
    #expect(summary.refusals.isEmpty && summary.counts[.payload] > 0)
    let after = try Tool.run("tcpdump", ["-nn", "-vv", "-e", "-r", folder.path("out/in.pcap")])
    #expect(after.status == 0)
    for word in ["bad cksum", "incorrect", "bad udp", "bad icmp", "wrong", "10.20.30.", "2a01:4f8"] {
      #expect(!after.output.contains(word))
    }
    #expect(after.output.contains("(correct)") && after.output.contains("sum ok") && after.output.contains("192.0.2.1"))
    let lines = try Tool.run("tcpdump", ["-nn", "-t", "-q", "-r", folder.path("out/in.pcap")]).output.split(
      separator: "\n"
    ).count
    #expect(lines == before.split(separator: "\n").count)
    #expect(try folder.read("in.pcap").count == folder.read("out/in.pcap").count)
    #expect(
      !String(decoding: try folder.read("out/in.pcap").map { $0 < 128 ? $0 : 46 }, as: UTF8.self).contains("hunter2"))
  }
}

extension Trait where Self == ConditionTrait {
  static func enabled(_ reason: Comment, _ condition: @escaping @Sendable () -> Bool) -> Self {
    .enabled(if: condition(), reason)
  }
}

/// Packets of this machine's own, in a network that nobody else sees.
enum RealCapture {
  static let isPossible: Bool = {
    guard ["tcpdump", "unshare", "ip", "bash"].allSatisfy({ Tool.path($0) != nil }) else { return false }
    return (try? Tool.run("unshare", ["-n", "ip", "link", "set", "lo", "up"]).status) == 0
  }()

  static func make(_ path: String) throws {
    let script = """
      ip link set lo up
      ip addr add 10.20.30.40/32 dev lo
      ip -6 addr add 2a01:4f8:c0c:1::7/128 dev lo nodad
      tcpdump -i lo -U -Z root -w "$1" 2>"$1.err" & dump=$!
      for try in $(seq 200); do grep -q listening "$1.err" && break; sleep 0.05; done
      for to in 10.20.30.40 2a01:4f8:c0c:1::7; do
        echo hunter2 >/dev/udp/$to/9
        (echo hunter2 >/dev/tcp/$to/9) 2>/dev/null
        head -c 70000 /dev/zero >/dev/udp/$to/9 2>/dev/null
      done
      # Packets are written as they come; the last ones are awaited by their number.
      for try in $(seq 100); do
        [ "$(tcpdump -nn -r "$1" 2>/dev/null | wc -l)" -ge 8 ] && break
        sleep 0.05
      done
      # The runner's children may have every other signal blocked. Each packet was flushed when it came.
      kill -KILL $dump
      wait $dump 2>/dev/null
      rm -f "$1.err"
      """
    let result = try Tool.run("unshare", ["-n", "bash", "-c", script, "bash", path])
    #expect(result.status == 0)
  }
}
