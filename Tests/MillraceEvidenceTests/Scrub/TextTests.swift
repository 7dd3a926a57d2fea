import Testing

@testable import MillraceEvidence

/// Nothing that was planted is left, wherever it stands and however it is cut.
@Suite("scrubbing text") struct TextTests {
  let scrub = Scrubbing()

  @Test("each kind is found, in upper and in lower case, and counted", arguments: Planted.all)
  func kinds(planted: Planted) throws {
    for text in planted.cases {
      for line in [
        "before \(text)\(planted.takesLine ? "" : " after")", text, "x=\"\(text)\"\n", "\u{1B}[31m\(text)\u{1B}[0m",
      ] {
        let result = try scrub(line)
        #expect(planted.left(in: result.text).isEmpty, "\(line) became \(result.text)")
        #expect(result.counts[planted.kind] > 0, "\(line) became \(result.text), \(result.counts)")
      }
    }
  }

  @Test("cut into pieces anywhere, the result is the same")
  func everyBorder() throws {
    let text = Planted.all.map(\.text).joined(separator: "\n") + "\n"
    let whole = try scrub(text)
    for chunk in Array(1...20) + [31, 64, 97] {
      #expect(try scrub.cut(into: chunk)(text) == whole, "chunks of \(chunk)")
    }
    for (size, overlap) in [(300, 150), (401, 200), (777, 180), (1000, 500)] {
      for chunk in [1, 13, 399, 5000] {
        #expect(try scrub.cut(into: chunk, window: size, overlap: overlap)(text) == whole, "windows of \(size)")
      }
    }
  }

  @Test("in one line that is longer than a window, at every place of it")
  func longLines() throws {
    for planted in Planted.all where !planted.text.contains("\n") {
      let behind = planted.takesLine ? "" : " " + String(repeating: "lorem ipsum ", count: 30)
      for shift in stride(from: 0, to: 60, by: 13) {
        let text =
          String(repeating: "word ", count: 70) + String(repeating: "x", count: shift) + " \(planted.text)\(behind)"
        let whole = try scrub(text)
        #expect(planted.left(in: whole.text).isEmpty)
        #expect(try scrub.cut(into: 31)(text) == whole, "\(planted.text) after \(shift)")
      }
    }
  }

  @Test("what is longer than a window is replaced as a whole")
  func endless() throws {
    let long = String(repeating: "abc", count: 1000)
    for (text, expected) in [
      ("password=\(long) after", "password=[token] after"),
      ("password=\"\(long) \(long)\" after", "password=\"[token]\" after"),
      ("Cookie: \(long); \(long)\nnext", "Cookie: [token]\nnext"),
      ("see https://example.org/p?\(long)%20\(long) after", "see https://example.org/p?[query] after"),
      ("ghp_\(long) after", "[token] after"),
      ("Authorization: Bearer \(long) after", "Authorization: Bearer [token] after"),
      ("eyJhbGciOiJIUzI1NiJ9.\(long).\(long) after", "[token] after"),
      ("-----BEGIN RSA PRIVATE KEY-----\n\(long)\n\(long)\n-----END RSA PRIVATE KEY-----\nafter", "[token]\nafter"),
    ] {
      #expect(try scrub(text).text == expected)
      for chunk in [1, 17, 5000] { #expect(try scrub.cut(into: chunk)(text).text == expected) }
    }
  }

  @Test("a value that is a private key, or has escaped line ends, goes as a whole")
  func valuesOfManyLines() throws {
    for (text, expected) in [
      (
        "password: -----BEGIN PRIVATE KEY-----\nMIIE\nabc\n-----END PRIVATE KEY-----\nafter", "password: [token]\nafter"
      ),
      (
        #"got {"private_key": "-----BEGIN PRIVATE KEY-----\nMIIE\nabc\n-----END PRIVATE KEY-----\n", "x": 1}"#,
        #"got {"private_key": "[token]", "x": 1}"#
      ),
      (#"{"a": x, "password": "one\ntwo\"three", "b": 1}"#, #"{"a": x, "password": "[token]", "b": 1}"#),
      (#"{\"password\": \"one\\ntwo\", \"b\": 1}"#, #"{\"password\": \"[token]\", \"b\": 1}"#),
    ] {
      #expect(try scrub(text).text == expected)
      for chunk in [1, 7] { #expect(try scrub.cut(into: chunk)(text).text == expected) }
    }
  }

  @Test("a line of nothing but escapes is cut between them, and comes to an end")
  func escapesAlone() throws {
    for escape in ["\\u00e9", "%C3%A9", "&eacute;", "\\", "&amp;", "%25", "\\ud83d\\ude00", "&", "%"] {
      // Longer than two windows.
      let text = String(repeating: escape, count: max(250, 1000 / escape.utf8.count))
      for chunk in [1, 400, 10_000] { #expect(try scrub.cut(into: chunk)(text).text == text) }
    }
  }

  @Test("a header behind an equals sign goes to the end of its line, or of what it stands in")
  func assignedHeaders() throws {
    for (text, expected) in [
      ("HTTP_COOKIE=a=1; session=x\nafter", "HTTP_COOKIE=[token]\nafter"),
      ("HTTP_AUTHORIZATION=Bearer x after", "HTTP_AUTHORIZATION=Bearer [token] after"),
      (
        #"execve("/bin/x", ["x"], ["HTTP_COOKIE=a=1; s=x", "A=b"]"#,
        #"execve("/bin/x", ["x"], ["HTTP_COOKIE=[token]", "A=b"]"#
      ),
      ("curl --cookie=a=1 http://x/ after", "curl --cookie=[token] http://x/ after"),
      ("GET /p?cookie=a HTTP/1.1", "GET /p?[query] HTTP/1.1"), ("a=b&cookie=c d", "a=b&cookie=[token] d"),
      ("cookie=\"a b\" after", "cookie=\"[token]\" after"),
    ] {
      let result = try scrub(text)
      #expect(result.text == expected)
      #expect(try scrub.cut(into: 1)(text) == result)
      #expect(try scrub(result.bytes).counts.total == 0)
    }
  }

  @Test("a field's name in the value of another one does not hide its own value")
  func namesInValues() throws {
    for (text, expected) in [
      ("token: Bearer abc def", "token: [token] def"),
      ("invalid token: password: hunter2 x", "invalid token: [token] x"),
      ("password= --password hunter2 x", "password= [token] x"),
      ("token: \"password\": \"hunter2\"", "token: \"password\": \"[token]\""),
      ("token: HTTP_COOKIE=a=1; b=hunter2", "token: [token]"), ("token=token token=hunter2 x", "token=[token] x"),
    ] {
      let result = try scrub(text)
      #expect(result.text == expected)
      #expect(try scrub(result.bytes).counts.total == 0)
    }
    // Names without an end.
    let endless = "token: " + String(repeating: "token ", count: 100_000)
    #expect(try scrub(endless).text.utf8.count < endless.utf8.count)
  }

  @Test("a key without an end takes what could be of it, and no more")
  func endlessKey() throws {
    let text = "-----BEGIN PRIVATE KEY-----\n" + String(repeating: "abcdefg\n", count: 20_000) + "after"
    for chunk in [1000, 100_000] {
      let result = try scrub.cut(into: chunk)(text).text
      #expect(result.hasPrefix("[token]"))
      #expect(result.hasSuffix("after"))
      #expect(text.utf8.count - result.utf8.count > 64 << 10 - 100)
    }
  }

  @Test("the same has the same placeholder, whatever its case and form")
  func consistent() throws {
    let text = """
      alice ALICE /home/Alice ~alice buildbox BuildBox 10.20.30.40 [::ffff:10.20.30.40]:1 ip-10-20-30-40
      40.30.20.10.in-addr.arpa 10.20.30.40 1.0.0.0.\(String(repeating: "0.", count: 24))1.0.a.2.ip6.arpa
      0:1b:44:11:3a:b7 00:1b:44:11:3a:b7 00-1B-44-11-3A-B7 001b.4411.3ab7 2a01::1 2A01:0:0:0:0:0:0:1 Carol@Example.org carol@example.org
      """
    #expect(
      try scrub(text).text == """
        user-1 user-1 /home/user-1 ~user-1 host-1 host-1 192.0.2.1 [::ffff:192.0.2.1]:1 ip-192-0-2-1
        1.2.0.192.in-addr.arpa 192.0.2.1 1.\(String(repeating: "0.", count: 23))8.b.d.0.1.0.0.2.ip6.arpa
        2:0:0:0:0:1 02:00:00:00:00:01 02-00-00-00-00-01 0200.0000.0001 2001:db8::1 2001:db8::1 user-2@example.invalid user-2@example.invalid
        """)
  }

  @Test(
    "what is none of it stays",
    arguments: [
      "version 1.26.3, v1.2.3.4, kernel 6.1.0-13, object 1.3.6.1.4.1.311",
      "1.3.6.1.4.1.99999.1, .1.3.6.1.2.1.1.5.0, 2.16.840.1.113883.6.1.4.1, 1.3.12.2.1011.7.1, 10.4.0.1.2.3",
      "10:20:30 1:2:3:4:5 1:2:3:4:5:6:7 a:b:c:d:e:f 0:0:0:0:0:0",
      "2:0:0:0:1:1f 1.2.0.192.in-addr.arpa 1.0.0.127.in-addr.arpa 8.b.d.0.1.0.0.2.ip6.arpa 0.ip6.arpa in-addr.arpa",
      "at 12:34:56, 12:34:56.789, 2026-11-27T18:33:01Z",
      "std::string a::b dead::beef token::new() x[::2] Foo::Bar",
      "127.0.0.1 ::1 :: 0.0.0.0 255.255.255.255 255.255.240.0",
      "224.0.0.1 239.1.2.3 ff02::1 ff02::1:2 ff:ff:ff:ff:ff:ff 01:00:5e:00:00:01 33:33:00:00:00:01 00:00:00:00:00:00",
      "192.0.2.9 198.51.100.7 203.0.113.255 198.18.0.0 198.19.255.255 2001:db8::5 2001:db8:1:2::3 02:00:00:12:34:56",
      "what?no and/or? ~/x ~ 1.2~rc1 HEAD~3 pkg@1.2.3 getty@tty1 user@host",
      "mailbox alices malice bobalice2 buildboxes",
      "the root of it, /mnt/root, chroot, /rootfs", "bearer of news, basic training, digest of it",
      "$PWD PWD=/srv/x token: null",
      "bypass: true passed: 3 bypass=x compass: north pass=1 of 5 tests, pass: 3, pass=3/5 pass: 98%, pass: true pass \"pass\": 5 pass : x",
      "a %d of %s, 100% sure, C:\\temp\\new, \\d+\\s, AT&T & co, &nbsp; &copy;", "read(3, \"\\0\\1\\2\", 4096) = 3",
      "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "550e8400-e29b-41d4-a716-446655440000",
      "/home/ /Users/ /home/$USER",
      "", "\n", "\r\n\r\n", "ünïcödé → ✓ 日本語",
    ])
  func untouched(text: String) throws {
    let result = try scrub(text)
    #expect(result.text == text)
    #expect(result.counts.total == 0)
  }

  @Test("a documentation address that the input has is never the image of another")
  func reserved() throws {
    let result = try scrub(
      "10.0.0.1 10.0.0.2 192.0.2.1 fd00::1 2001:db8:: aa:00:00:00:00:01 02:00:00:00:00:00 host-1 buildbox user-1 alice")
    #expect(
      result.text
        == "192.0.2.2 192.0.2.3 192.0.2.1 2001:db8::1 2001:db8:: 02:00:00:00:00:01 02:00:00:00:00:00 host-1 host-2 user-1 user-2"
    )
  }

  @Test("addresses run from one documentation network into the next, and their end is an error")
  func exhaustion() throws {
    let identities = Identities()
    identities.isSurveying = false
    var images: Set<UInt32> = []
    for number in 0..<UInt32(254 * 3 + 0x20000) {
      let image = try identities.image(of: 0x0A00_0000 + number)
      images.insert(image)
      guard case .documentation = IPv4Range.of(image) else {
        Issue.record("\(image) is no documentation address")
        return
      }
    }
    #expect(images.count == 254 * 3 + 0x20000)
    #expect(throws: RefusedContent.exhausted) { _ = try identities.image(of: UInt32(0x0BFF_FFFF)) }
  }

  @Test("what is not UTF-8, or has a NUL, is refused wherever it is cut")
  func encoding() throws {
    let bad: [[UInt8]] = [
      [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0x80],
      [0xE2, 0x82], [0xF5],
    ]
    for bytes in bad {
      for chunk in 1...4 {
        #expect(throws: RefusedContent.notUTF8) { _ = try scrub.cut(into: chunk)(Array("text ".utf8) + bytes) }
      }
    }
    #expect(throws: RefusedContent.binary) { _ = try scrub("text\u{0}") }
    for chunk in 1...5 { #expect(try scrub.cut(into: chunk)("é€😀\u{FEFF}").text == "é€😀\u{FEFF}") }
  }
}
