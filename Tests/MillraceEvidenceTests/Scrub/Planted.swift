import Foundation
import Testing

@testable import MillraceEvidence

/// What the tests plant: a text that gives something away, and the parts of it that must be gone.
struct Planted: Sendable, CustomTestStringConvertible {
  var kind: ScrubKind
  var text: String
  /// Compared without regard to case.
  var gone: [String]
  /// Whether the text goes on to the end of its line, so that nothing can stand behind it.
  var takesLine = false
  /// Whether case is part of what it is.
  var isExact = false

  var testDescription: String { "\(kind): \(text.prefix(60))" }

  init(_ kind: ScrubKind, _ text: String, gone: String..., takesLine: Bool = false, isExact: Bool = false) {
    self.kind = kind
    self.text = text
    self.gone = gone.isEmpty ? [text] : gone
    self.takesLine = takesLine
    self.isExact = isExact
  }

  static let all: [Planted] = [
    Planted(.hostName, "buildbox"), Planted(.hostName, "buildbox.lan:22", gone: "buildbox"),
    Planted(.hostName, "db.corp.example"), Planted(.hostName, "replica-2.db.corp.example"),
    Planted(.userName, "alice"), Planted(.userName, "uid=1000(alice)", gone: "alice"), Planted(.userName, "böhm"),
    Planted(.ipAddress, "10.20.30.40"), Planted(.ipAddress, "10.20.30.40:8080", gone: "10.20.30.40"),
    Planted(.ipAddress, "10.20.30.0/24", gone: "10.20.30.0"),
    Planted(.ipAddress, "10.20.30.40.51234", gone: "10.20.30.40"),
    Planted(.ipAddress, "10.20.30.40.20260101.log", gone: "10.20.30.40"),
    Planted(.ipAddress, "20260101.10.20.30.40.log", gone: "10.20.30.40"),
    Planted(.ipAddress, "1.20.30.40.20260101T120000", gone: "1.20.30.40"),
    Planted(.ipAddress, "10.20.30.40.443.20260101", gone: "10.20.30.40"),
    Planted(.ipAddress, "10.20.30.40.0001.pcap", gone: "10.20.30.40"),
    Planted(.ipAddress, "2a01:4f8:c0c:1::7.20260101.log", gone: "2a01:4f8"),
    Planted(.ipAddress, "40.30.20.10.in-addr.arpa", gone: "40.30.20.10"),
    // Backwards it would be a loopback address.
    Planted(.ipAddress, "127.30.20.10.in-addr.arpa", gone: "127.30.20.10"),
    Planted(.ipAddress, "30.20.10.in-addr.arpa.", gone: "30.20.10"),
    Planted(
      .ipAddress, "7.\(String(repeating: "0.", count: 15))1.0.0.0.c.0.c.0.8.f.4.0.1.0.a.2.ip6.arpa",
      gone: "8.f.4.0.1.0.a.2"),
    Planted(.ipAddress, "8.f.4.0.1.0.a.2.ip6.arpa", gone: "8.f.4.0.1.0.a.2"),
    Planted(.ipAddress, "ip-10-20-30-40.compute", gone: "10-20-30-40"),
    Planted(.ipAddress, "2a01:4f8:c0c:1::7"), Planted(.ipAddress, "[2a01:4f8:c0c:1::7]:443", gone: "2a01:4f8"),
    Planted(.ipAddress, "2a01:4f8:c0c::/48", gone: "2a01:4f8"),
    Planted(.ipAddress, "fe80::21b:44ff:fe11:3ab7%eth0", gone: "21b:44ff:fe11:3ab7"),
    Planted(.ipAddress, "::ffff:10.20.30.40", gone: "10.20.30.40"),
    Planted(.ipAddress, "::ffff:a14:1e28", gone: "a14:1e28"),
    Planted(.ipAddress, "ff02::1:ff11:3ab7", gone: "ff11:3ab7"),
    Planted(.hardwareAddress, "00:1b:44:11:3a:b7"), Planted(.hardwareAddress, "00-1b-44-11-3a-b7"),
    Planted(.hardwareAddress, "0:1b:44:1:3a:b7"),
    Planted(.hardwareAddress, "at 0:b:4:1:3:7, on en0", gone: "0:b:4:1:3:7"),
    Planted(.hardwareAddress, "001b.4411.3ab7"), Planted(.hardwareAddress, "enx001b44113ab7", gone: "001b44113ab7"),
    Planted(.hardwareAddress, "MAC=00:1b:44:11:3a:b7:00:1b:44:99:88:77:08:00", gone: "1b:44"),
    Planted(.homePath, "/home/carol/notes", gone: "carol"), Planted(.homePath, "/Users/carol", gone: "carol"),
    Planted(.homePath, "~carol/notes", gone: "carol"), Planted(.homePath, "/root/.ssh", gone: "/root", isExact: true),
    Planted(.homePath, "C:\\Users\\Carol King\\x", gone: "carol"),
    Planted(.homePath, "/data/people/alice/x", gone: "/data/people", "alice"),
    Planted(.token, "Authorization: Basic Y2Fyb2w6aHVudGVyMg==", gone: "Y2Fyb2w6aHVudGVyMg"),
    Planted(.token, "Proxy-Authorization: Bearer hunter2.abc-def", gone: "hunter2"),
    Planted(
      .token, "Authorization: Digest username=\"carol\", response=\"hunter2\"", gone: "hunter2", "carol",
      takesLine: true),
    Planted(
      .token, "Authorization: AWS4-HMAC-SHA256 Credential=hunter2, Signature=f00dcafe", gone: "hunter2", "f00dcafe",
      takesLine: true),
    Planted(.token, "Cookie: sid=hunter2; theme=hunter3", gone: "hunter2", "hunter3", takesLine: true),
    Planted(.token, "Set-Cookie: sid=hunter2; Path=/; HttpOnly", gone: "hunter2", takesLine: true),
    Planted(.token, "Bearer abcdefghij0123456789", gone: "abcdefghij0123456789"),
    Planted(
      .token, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl", gone: "eyJzdWIi", "c2lnbmF0dXJl",
      isExact: true),
    Planted(.token, "AKIAIOSFODNN7EXAMPLE"), Planted(.token, "ASIAIOSFODNN7EXAMPLE"),
    Planted(
      .token, "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", gone: "wJalrXUtnFEMI", "bPxRfiCY"),
    Planted(.token, "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    Planted(.token, "gho_abcdefghijklmnopqrstuvwxyz0123456789"),
    Planted(.token, "ghs_abcdefghijklmnopqrstuvwxyz0123456789"),
    Planted(.token, "ghu_abcdefghijklmnopqrstuvwxyz0123456789"),
    Planted(.token, "github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz"), Planted(.token, "glpat-abcdefghij0123456789"),
    Planted(.token, "xoxb-123456789012-abcdefghijkl"), Planted(.token, "xoxp-123456789012-abcdefghijkl"),
    Planted(.token, "AIzaSyA1234567890abcdefghijklmnopqrstuv"), Planted(.token, "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    Planted(.token, "sk_test_4eC39HqLyjWDarjtT1zdp7dc"),
    Planted(.token, "https://carol:hunter2@example.org/x", gone: "hunter2", "carol"),
    Planted(.token, "password=hunter2", gone: "hunter2"), Planted(.token, "DB_PASSWORD: hunter2", gone: "hunter2"),
    Planted(.token, "\"client_secret\": \"hunter2 with blanks\"", gone: "hunter2", "blanks"),
    Planted(.token, "api-key='hunter2'", gone: "hunter2"), Planted(.token, "token=hunter2&x=1", gone: "hunter2"),
    Planted(.token, "AccountName=x;AccountKey=hunter2==;EndpointSuffix=y", gone: "hunter2"),
    Planted(.token, "SMTP_PASS=hunter2", gone: "hunter2"), Planted(.token, "mysql.pass: 123456", gone: "123456"),
    Planted(.token, "redis-pass=hunter2", gone: "hunter2"), Planted(.token, "pass: hunter2", gone: "hunter2"),
    Planted(.token, "pass=hunter2", gone: "hunter2"), Planted(.token, "\"pass\": \"hunter2\"", gone: "hunter2"),
    Planted(.token, "client-key-data: LS0tLS1CRUdJTiBSU0Eg", gone: "LS0tLS1CRUdJTiBSU0Eg"),
    Planted(.token, "HTTP_COOKIE=a=1; session=hunter2", gone: "hunter2", takesLine: true),
    Planted(
      .token, "HTTP_AUTHORIZATION=Digest username=\"carol\", response=\"hunter2\"", gone: "hunter2", "carol",
      takesLine: true),
    Planted(.token, "HTTP_AUTHORIZATION=Bearer hunter2", gone: "hunter2"),
    Planted(.token, "--password hunter2", gone: "hunter2"), Planted(.token, "curl -u carol:hunter2", gone: "hunter2"),
    Planted(
      .token, "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\nhunter2\n-----END OPENSSH PRIVATE KEY-----",
      gone: "b3BlbnNzaC1rZXktdjEA", "hunter2", isExact: true),
    Planted(.query, "https://example.org/p?name=hunter2&x=y", gone: "hunter2"),
    Planted(.query, "https://example.org/p#hunter2", gone: "hunter2"),
    Planted(.query, "GET /p?q=hunter2%20and%22more HTTP/1.1", gone: "hunter2", "more"),
    Planted(.query, "index.php?id=hunter2", gone: "hunter2"),
    Planted(.email, "carol.king+tag@mail.example.org", gone: "carol", "mail.example.org"),
    Planted(.secret, "Project Falcon"), Planted(.secret, "xproject falconx", gone: "project falcon"),
    Planted(.secret, "Project%20Falcon"), Planted(.secret, "project+falcon"),
    Planted(.secret, "Project\\u0020Falcon", gone: "0020Falcon", isExact: true),
    Planted(.secret, "Project&#32;Falcon"), Planted(.secret, "%50%72%6f%6a%65%63%74%20Falcon"),
    Planted(.secret, "UHJvamVjdCBGYWxjb24=", gone: "UHJvamVjdCBGYWxjb2", isExact: true),
    Planted(.secret, "eHggcHJvamVjdCBmYWxjb24geHg=", gone: "cHJvamVjdCBmYWxjb2", isExact: true),
    Planted(.secret, "abUHJvamVjdCBGYWxjb24", gone: "UHJvamVjdCBGYWxjb2", isExact: true),
    Planted(.secret, "k3y&<\"'>"), Planted(.secret, "k3y&amp;&lt;&quot;&#39;&gt;", gone: "k3y"),
    Planted(.secret, "k3y%26%3C%22%27%3E", gone: "k3y"),
    Planted(.secret, "4929123456"), Planted(.secret, "x=14929123456.75", gone: "4929123456"),
    Planted(.secret, "6.02e23"),
    Planted(.secret, "k3y\\u0026<\\\"'>", gone: "k3y", isExact: true),
  ]

  /// As it is, in upper case and in lower case.
  var cases: [String] { isExact ? [text] : [text, text.uppercased(), text.lowercased()] }

  /// What of it is still in a text.
  func left(in text: String) -> [String] {
    isExact ? gone.filter { text.contains($0) } : gone.filter { text.lowercased().contains($0.lowercased()) }
  }
}

/// The same numbers for the same seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
