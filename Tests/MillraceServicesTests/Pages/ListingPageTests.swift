@testable import MillraceServices
import Testing

@Suite("A listing page")
struct ListingPageTests {
  private static func entry(
    _ name: [UInt8], _ kind: ListingEntry.Kind = .file, size: Int64 = 0, modified: Int64 = 0
  ) -> ListingEntry {
    ListingEntry(name: name, kind: kind, size: size, modified: modified)
  }

  private static func page(
    _ entries: [ListingEntry], path: [[UInt8]] = ["a".bytes], order: ListingOrder = ListingOrder(),
    hasParent: Bool = true
  ) throws -> PageReading {
    try PageReading(ListingPage(path: path, entries: entries, order: order, hasParent: hasParent).bytes())
  }

  @Test("is well-formed and links to exactly the name, whatever bytes it has", arguments: hostileNames)
  func hostile(_ name: [UInt8]) throws {
    for kind in [ListingEntry.Kind.file, .directory, .other] {
      let page = try Self.page([Self.entry(name, kind)], path: [name, name])
      #expect(page.flaw == nil)
      #expect(page.entryLinks == [name + (kind == .directory ? "/".bytes : [])])
      #expect(page.links.count == 3 + 2 + 1 + 1)
    }
  }

  @Test("has links that neither leave the directory nor have a query or a fragment", arguments: hostileNames)
  func links(_ name: [UInt8]) throws {
    let page = try Self.page([Self.entry(name)], path: [name, name, name])
    for link in page.links where !link.hasPrefix("?sort=") {
      #expect(link.wholeMatch(of: /(\.\.\/)+|\.\/([A-Za-z0-9._~-]|%[0-9A-F]{2})+/) != nil, "\(link)")
    }
  }

  @Test("has no entry that no link can name", arguments: ["", ".", ".."])
  func dots(_ name: String) throws {
    let page = try Self.page([Self.entry(name.bytes, .directory), Self.entry("a".bytes)])
    #expect(page.entryLinks == ["a".bytes])
    #expect(page.text.contains("<p>1 entry, "))
  }

  @Test(
    "shows names as text, and what cannot be seen as a sign",
    arguments: [
      ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"),
      ("a\u{202E}b", #"a<span class="c">\u{202E}</span>b"#),
      ("a\u{200E}\u{2069}", #"a<span class="c">\u{200E}</span><span class="c">\u{2069}</span>"#),
      ("a\nb", #"a<span class="c">␊</span>b"#), ("\u{7F}", #"<span class="c">␡</span>"#),
      ("\u{9B}1m", #"<span class="c">\u{9B}</span>1m"#),
      ("  a b ", #"<span class="c">  </span>a b<span class="c"> </span>"#), ("  ", #"<span class="c">  </span>"#),
      ("👩‍👧 é", "👩‍👧 é"), ("می‌خواهم", "می‌خواهم"), ("\u{FFFE}", #"<span class="c">\u{FFFE}</span>"#),
    ])
  func names(_ name: String, _ shown: String) throws {
    #expect(try Self.page([Self.entry(name.bytes)]).entryNames == [shown])
  }

  @Test("shows bytes that are not UTF-8 as U+FFFD")
  func invalid() throws {
    #expect(try Self.page([Self.entry([0x66, 0xff, 0x6f])]).entryNames == ["f\u{FFFD}o"])
  }

  @Test("has a title without signs that could be elements")
  func title() throws {
    let page = try Self.page([], path: ["</title><script>\u{202E}".bytes])
    #expect(page.text.contains("<title>&lt;/title&gt;&lt;script&gt;\\u{202E} – Files</title>"))
  }

  @Test("leads to each directory above, and to the parent")
  func ancestors() throws {
    let page = try Self.page([], path: ["a", "b", "c"].map(\.bytes))
    #expect(page.links.filter { $0.hasPrefix("../") } == ["../../../", "../../", "../", "../"])
    #expect(page.text.contains("<a href=\"../../\"><bdi>a</bdi></a><a href=\"../\"><bdi>b</bdi></a></nav>"))
    #expect(page.text.contains("<h1><bdi>c</bdi></h1>"))
  }

  @Test("names the directories above without a link where they may not be asked for")
  func withoutParent() throws {
    let page = try Self.page([Self.entry("x".bytes)], path: ["a", "b"].map(\.bytes), hasParent: false)
    #expect(page.links.allSatisfy { !$0.hasPrefix("..") })
    #expect(page.text.contains("<span><bdi>a</bdi></span></nav>"))
    #expect(try Self.page([], path: [], hasParent: false).text.contains("<h1>Files</h1>"))
  }

  @Test("says how it is ordered, and offers each other order")
  func columns() throws {
    let page = try Self.page([Self.entry("x".bytes)], order: ListingOrder(.size, .descending))
    let offers = page.links.filter { $0.hasPrefix("?") }
    #expect(offers == ["?sort=name&order=asc", "?sort=size&order=asc", "?sort=time&order=desc"])
    let size = #"aria-sort="descending"><a href="?sort=size&amp;order=asc">Size <span aria-hidden="true">↓"#
    #expect(page.text.contains(size))
    #expect(page.text.matches(of: /aria-sort="/).count == 1)
    let names = try Self.page([Self.entry("x".bytes)])
    let name = #"aria-sort="ascending"><a href="?sort=name&amp;order=desc">Name <span aria-hidden="true">↑"#
    #expect(names.text.contains(name))
  }

  @Test("says sizes for people and to the byte, and times in UTC")
  func figures() throws {
    let page = try Self.page([
      Self.entry("a".bytes, size: 4096, modified: 1_773_480_413), Self.entry("b".bytes, size: 1),
      Self.entry("c".bytes, .directory, size: 999), Self.entry("d".bytes, size: -5),
    ])
    #expect(page.text.contains(#"<td title="4096 bytes">4.0 KiB</td>"#))
    #expect(page.text.contains(#"<td title="1 byte">1 B</td>"#))
    #expect(page.text.contains(#"<td title="0 bytes">0 B</td>"#))
    #expect(page.text.contains(#"<time datetime="2026-03-14T09:26:53Z">2026-03-14 09:26</time>"#))
    #expect(page.text.contains(#"<p>4 entries, <span title="4097 bytes">4.0 KiB</span> in all."#))
  }

  @Test("takes any size and any time")
  func extremes() throws {
    let greatest = (0..<3).map { Self.entry("\($0)".bytes, size: .max, modified: .max) }
    let page = try Self.page(greatest + [Self.entry("x".bytes, size: .min, modified: .min)])
    #expect(page.flaw == nil)
    #expect(page.text.contains(">8.0 EiB</td><td></td>"))
    #expect(page.text.contains("16.0 EiB</span> in all"))
  }

  @Test("says that a directory is empty")
  func empty() throws {
    let page = try Self.page([])
    #expect(page.flaw == nil)
    #expect(page.text.contains("This directory is empty."))
    #expect(page.entryLinks.isEmpty)
  }

  @Test("fetches nothing, runs nothing, and has less than 3 KB of style")
  func selfContained() throws {
    let page = try Self.page(hostileNames.map { Self.entry($0) })
    #expect(page.text.firstMatch(of: /<(script|link|img|iframe|object|embed|base)/) == nil)
    let style = try #require(page.text.firstMatch(of: /<style>((?:.|\n)*?)<\/style>/))
    #expect(style.1.utf8.count < 3072)
    #expect(style.1.firstMatch(of: /url\(|@import|https?:/) == nil)
  }
}
