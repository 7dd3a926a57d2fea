import Testing

@testable import MillraceHTTP

@Suite("A media type")
struct MediaTypesTests {
  @Test(
    "is told by the extension",
    arguments: [
      ("index.html", "text/html; charset=utf-8"), ("INDEX.HTM", "text/html; charset=utf-8"),
      ("style.css", "text/css; charset=utf-8"), ("app.js", "text/javascript; charset=utf-8"),
      ("app.mjs", "text/javascript; charset=utf-8"), ("app.js.map", "application/json"),
      ("data.json", "application/json"), ("site.webmanifest", "application/manifest+json"),
      ("logo.svg", "image/svg+xml"), ("feed.xml", "application/xml"), ("feed.atom", "application/atom+xml"),
      ("app.wasm", "application/wasm"), ("photo.avif", "image/avif"), ("photo.WebP", "image/webp"),
      ("photo.jxl", "image/jxl"), ("favicon.ico", "image/vnd.microsoft.icon"), ("font.woff2", "font/woff2"),
      ("film.mp4", "video/mp4"), ("film.m3u8", "application/vnd.apple.mpegurl"), ("film.mpd", "application/dash+xml"),
      ("part.ts", "video/mp2t"), ("song.opus", "audio/ogg"), ("notes.md", "text/markdown; charset=utf-8"),
      ("notes.txt", "text/plain; charset=utf-8"), ("main.swift", "text/plain; charset=utf-8"),
      ("main.rs", "text/plain; charset=utf-8"), ("work.ipynb", "application/x-ipynb+json"),
      ("party.ics", "text/calendar; charset=utf-8"), ("book.epub", "application/epub+zip"),
      ("a.pdf", "application/pdf"), ("a.deb", "application/vnd.debian.binary-package"), ("a.rpm", "application/x-rpm"),
      ("a-1.0-py3-none-any.whl", "application/zip"), ("a.jar", "application/java-archive"),
      ("a.zst", "application/zstd"), ("a.br", "application/x-brotli"), ("a.gz", "application/gzip"),
      ("a.tar.gz", "application/gzip"), ("a.html.gz", "application/gzip"), ("a.xz", "application/x-xz"),
      ("a.bz2", "application/x-bzip2"), ("a.7z", "application/x-7z-compressed"), ("a.tar", "application/x-tar"),
      ("a.iso", "application/x-iso9660-image"), ("a.apk", "application/vnd.android.package-archive"),
      ("a.dmg", "application/x-apple-diskimage"), ("a.msi", "application/x-msi"),
      (".config.json", "application/json"), ("..a.json", "application/json"),
      ("a b?c.html", "text/html; charset=utf-8"),
      ("ä.html", "text/html; charset=utf-8"),
    ])
  func known(_ name: String, _ type: String) {
    #expect(MediaTypes.builtIn.contentType(for: name) == type)
    #expect(MediaTypes.builtIn.contentType(for: Array(name.utf8)) == type)
  }

  @Test("is that of the longest extension", arguments: ["a.d.ts", "a.D.TS", "a.b.d.ts", "a.d.d.ts", "..a.d.ts"])
  func longest(_ name: String) {
    #expect(MediaTypes.builtIn.contentType(for: name) == "text/plain; charset=utf-8")
  }

  @Test("needs a name before the dot", arguments: ["d.ts", ".d.ts", "..d.ts", "ad.ts", "a.xd.ts"])
  func shorter(_ name: String) {
    #expect(MediaTypes.builtIn.contentType(for: name) == "video/mp2t")
  }

  @Test(
    "of a name that says nothing is bytes",
    arguments: [
      "", ".", "..", "...", "a", "a.", "a..", "Makefile", "html", ".html", "..html", ".bashrc", "a.unknown", "a.html ",
      "a.html.", "a.htmlx", "a.x-html", "a.\u{0}html", "a.html\u{0}", "a.ht\u{0}ml", "a.ｈｔｍｌ", "a.html/b",
      "a." + String(repeating: "h", count: 16), "a." + String(repeating: "h", count: 17),
      "a." + String(repeating: "h", count: 100_000), String(repeating: ".", count: 100_000), "a.\r\nX: y",
    ])
  func unknown(_ name: String) {
    #expect(MediaTypes.builtIn.contentType(for: name) == "application/octet-stream")
    #expect(MediaTypes.builtIn.contentType(for: Array(name.utf8)) == "application/octet-stream")
  }

  @Test("is told of a name that is not UTF-8")
  func bytes() {
    #expect(MediaTypes.builtIn.contentType(for: [0xff, 0xfe] + Array(".css".utf8)) == "text/css; charset=utf-8")
    #expect(MediaTypes.builtIn.contentType(for: Array("a.cs".utf8) + [0xff]) == "application/octet-stream")
  }

  /// Given the table itself, which would leave out a line with a slip without a word.
  @Test("stands in the table once for every extension")
  func table() {
    var seen: Set<Substring> = []
    for line in BuiltInMediaTypes.table.split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      #expect(words.count >= 2, "\(line)")
      for word in words.dropFirst() {
        #expect(seen.insert(word).inserted, "\(word) is there twice")
        #expect(word.lowercased() == word, "\(word)")
        let type = MediaTypes.builtIn.contentType(for: "name.\(word)")
        #expect(type == words[0] || type == words[0] + "; charset=utf-8", "\(word)")
        #expect(type.hasSuffix("; charset=utf-8") == words[0].hasPrefix("text/"), "\(word)")
      }
    }
    #expect(seen.count >= 150)
  }

  private static let file = """
    # A comment
    application/x-mine\t\t\tmine  MINE2
      application/x-indented indented\r
    text/x-note note # and a comment: other
    #application/x-hidden hidden
    application/x-nothing
    application/javascript es6
    image/x-html html
    application/x-second mine
    application/x-long sarif-external-properties abcdefghijklmnop
    application/sarif+json sarif.json
    application/x-archive pack.tar
    no-slash slash
    a/b/c slash
    /x slash
    x/ slash
    te xt/x slash
    text/x;charset=latin1 slash
    text/ü slash
    application/x-dot .dotted trailing.
    application/x-last last
    """

  @Test(
    "of a file like /etc/mime.types is added to those that are there",
    arguments: [
      ("a.mine", "application/x-mine"), ("a.mine2", "application/x-mine"), ("a.MINE", "application/x-mine"),
      ("a.indented", "application/x-indented"), ("a.note", "text/x-note; charset=utf-8"),
      ("a.other", MediaTypes.unknown),
      ("a.hidden", MediaTypes.unknown), ("a.es6", "text/javascript; charset=utf-8"),
      ("a.html", "text/html; charset=utf-8"), ("a.sarif-external-properties", MediaTypes.unknown),
      ("a.abcdefghijklmnop", "application/x-long"), ("a.sarif.json", "application/sarif+json"),
      ("sarif.json", "application/json"), ("a.json", "application/json"), ("a.pack.tar", "application/x-archive"),
      ("a.tar", "application/x-tar"), ("a.slash", MediaTypes.unknown), ("a.trailing.", MediaTypes.unknown),
      ("a.trailing", MediaTypes.unknown), ("a.last", "application/x-last"), ("a.comment", MediaTypes.unknown),
    ])
  func added(_ name: String, _ type: String) {
    let types = MediaTypes.builtIn.adding(mimeTypesFile: Array(Self.file.utf8))
    #expect(types.contentType(for: name) == type)
  }

  @Test(
    "of an empty file or of one that is no text changes nothing", arguments: [[], [0, 0xff, 10, 0xff], [10, 10, 35]])
  func addedNothing(_ file: [UInt8]) {
    let types = MediaTypes.builtIn.adding(mimeTypesFile: file)
    #expect(types.contentType(for: "a.html") == "text/html; charset=utf-8")
    #expect(types.contentType(for: "a.unknown") == MediaTypes.unknown)
  }
}
