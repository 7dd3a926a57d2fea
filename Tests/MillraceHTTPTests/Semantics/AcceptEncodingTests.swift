import MillraceHTTP
import Testing

@Suite("Accept-Encoding")
struct AcceptEncodingTests {
  private typealias Choice = AcceptEncoding.Choice

  @Test(
    "chooses what the client likes best, and the server among equals",
    arguments: [
      (nil, .identity), ("", .identity), (" ", .identity), (",", .identity),
      ("gzip", .coding(.gzip)), ("br", .coding(.br)), ("zstd", .coding(.zstd)), ("GZip", .coding(.gzip)),
      ("x-gzip", .coding(.gzip)), ("X-GZIP;q=0.5", .coding(.gzip)), ("deflate", .identity),
      ("compress, deflate", .identity),
      // What browsers and curl send.
      ("gzip, deflate, br, zstd", .coding(.br)), ("deflate, gzip, br, zstd", .coding(.br)),
      ("gzip, deflate", .coding(.gzip)), ("identity", .identity),
      // Weights.
      ("br;q=0.5, gzip;q=0.8", .coding(.gzip)), ("br;q=0.8, gzip;q=0.8", .coding(.br)),
      ("gzip;q=1.0, br;q=0.999", .coding(.gzip)), ("gzip;q=0.001", .coding(.gzip)),
      ("gzip;q=0", .identity), ("gzip;q=0.", .identity), ("gzip;q=0.000, br;q=0", .identity),
      ("gzip;q=1.", .coding(.gzip)), ("gzip ; q=0.4,br\t;\tq=0.3", .coding(.gzip)), ("gzip;Q=0.4", .coding(.gzip)),
      // The star is what is not named.
      ("*", .coding(.br)), ("*;q=0.1", .coding(.br)), ("br;q=0, *", .coding(.zstd)), ("gzip, *;q=0.5", .coding(.gzip)),
      ("gzip;q=0.2, *;q=0.5", .coding(.br)), ("br;q=0, zstd;q=0, gzip;q=0, *", .identity),
      // Identity.
      ("identity, gzip", .coding(.gzip)), ("identity;q=1, gzip;q=0.5", .identity),
      ("identity;q=0.5, gzip;q=0.5", .coding(.gzip)), ("identity;q=0, gzip", .coding(.gzip)),
      ("*;q=0, gzip", .coding(.gzip)), ("*;q=0, identity", .identity), ("*;q=0, identity;q=0.001", .identity),
      ("identity;q=0", .none), ("*;q=0", .none), ("identity;q=0, *;q=0", .none), ("identity;q=0, gzip;q=0", .none),
      ("gzip;q=0, *;q=0", .none), ("identity;q=0, deflate", .none), ("identity;q=0, *", .coding(.br)),
      // Twice: the lesser counts.
      ("gzip, gzip;q=0", .identity), ("gzip;q=0, x-gzip", .identity),
      ("gzip;q=0.9, br;q=0.5, gzip;q=0.1", .coding(.br)),
    ] as [(String?, AcceptEncoding.Choice)])
  func choice(_ value: String?, _ expected: AcceptEncoding.Choice) {
    #expect(AcceptEncoding.choose(from: [.br, .zstd, .gzip], for: value) == expected)
  }

  @Test(
    "ignores a member that is malformed, and no other",
    arguments: [
      "gzip;q=1.001", "gzip;q=2", "gzip;q=-1", "gzip;q=0.1234", "gzip;q=", "gzip;q=.5", "gzip;q", "gzip;", "gzip;;q=1",
      "gzip;q=1;q=1", "gzip;level=9", "gzip;level=9;q=1", "gzip; q = 1", "gzip;q= 1", "gzip;q=\"1\"", "gzip;q=1.5",
      "gzip;q=0x1", "gzip;q=00", "gzip;q=１", "gzip q=1", "gzip zstd", "\"gzip\"", "(gzip)", "gzip/1", "gzïp",
      "gzip\u{0}",
      "gzip\r\n", ";q=1", "=", "gzip;q=1e0", "gzip;q=nan", "gzip;q=0.5 x",
    ])
  func malformed(_ member: String) {
    #expect(AcceptEncoding.choose(from: [.br, .zstd, .gzip], for: member) == .identity)
    let among = "\(member), br;q=0.1, \(member)"
    #expect(AcceptEncoding.choose(from: [.gzip, .zstd, .br], for: among) == .coding(.br), "\(among)")
  }

  @Test("chooses among what the server has")
  func available() {
    #expect(AcceptEncoding.choose(from: [], for: "gzip, br") == .identity)
    #expect(AcceptEncoding.choose(from: [], for: "gzip, identity;q=0") == .none)
    #expect(AcceptEncoding.choose(from: [.gzip], for: "br, gzip;q=0.1") == .coding(.gzip))
    #expect(AcceptEncoding.choose(from: [.gzip, .br], for: "br, gzip") == .coding(.gzip))
    #expect(AcceptEncoding.choose(from: [.br, .gzip], for: "br, gzip") == .coding(.br))
    // Named with less than the star, which stands for identity: what is not named is liked better.
    #expect(AcceptEncoding.choose(from: [.gzip], for: "gzip;q=0.2, *;q=0.5") == .identity)
  }
}
