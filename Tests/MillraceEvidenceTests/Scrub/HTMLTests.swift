import Testing

@testable import MillraceEvidence

/// Entities and encoded URLs hide nothing, and markup stays markup.
@Suite("scrubbing HTML") struct HTMLTests {
  let scrub = Scrubbing(.html)

  @Test("in text, attributes, comments, scripts and style sheets")
  func places() throws {
    for (html, expected) in [
      (
        "<p>carol&#64;example.org carol&#x40;example.org carol&commat;example.org</p>",
        "<p>user-1@example.invalid user-1@example.invalid user-1@example.invalid</p>"
      ),
      ("<p>10&period;20&#46;30.40</p>", "<p>192.0.2.1</p>"), ("<p>b&ouml;hm &amp;#97;lice</p>", "<p>user-2 user-1</p>"),
      ("<a href=\"/p?x=1&amp;y=2\">a</a>", "<a href=\"/p?[query]\">a</a>"),
      ("<a href=p?x=1>a</a>", "<a href=p?[query]>a</a>"),
      ("<a href='/home/%63arol/x'>a</a>", "<a href='/home/user-1/x'>a</a>"),
      ("<a href=\"mailto:carol%40example.org\">a</a>", "<a href=\"mailto:user-1@example.invalid\">a</a>"),
      ("<a href=\"#top\">a</a>", "<a href=\"#top\">a</a>"),
      ("<img alt=\"on buildbox\" src=x>", "<img alt=\"on host-1\" src=x>"),
      ("<div class=alice data-alice>x</div>", "<div class=user-1 data-user-1>x</div>"),
      ("<!-- by alice --><p>x", "<!-- by user-1 --><p>x"),
      (
        "<script>var a = {\"password\": \"hunter2\"}; if (a < b) x('10.20.30.40')</script><p>x",
        "<script>var a = {\"password\": \"[token]\"}; if (a < b) x('192.0.2.1')</script><p>x"
      ),
      (
        "<style>a { background: url(https://x.org/p?q=r) }</style>",
        "<style>a { background: url(https://x.org/p?[query] }</style>"
      ),
      ("<input type=\"password\" value=\"hunter2\">", "<input type=\"password\" value=\"[token]\">"),
      ("<input value=hunter2 name=csrf_token>", "<input value=[token] name=csrf_token>"),
      ("<meta name=\"api-key\" content=\"hunter2\">", "<meta name=\"api-key\" content=\"[token]\">"),
      ("<config><password>hunter2</password></config>", "<config><password>[token]</password></config>"),
      ("<td>Authorization: Basic eDp5</td><td>after</td>", "<td>Authorization: Basic [token]</td><td>after</td>"),
      ("<td>Cookie: a=b; c</td><td>after</td>", "<td>Cookie: [token]</td><td>after</td>"),
      ("<td>password=hunter2</td>", "<td>password=[token]</td>"),
      ("<![CDATA[ alice <x> ]]><p>", "<![CDATA[ user-1 <x> ]]><p>"),
      ("<pre>a &lt;b&gt; 1 < 2 &amp; 3</pre>", "<pre>a &lt;b&gt; 1 < 2 &amp; 3</pre>"),
      ("<!DOCTYPE html>\n<html lang=en><br/></html>", "<!DOCTYPE html>\n<html lang=en><br/></html>"),
      ("<p title='it&#39;s alice'>", "<p title='it&#39;s user-1'>"),
      ("<pre>-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----</pre><p>x", "<pre>[token]</pre><p>x"),
      ("alice < b > c", "user-1 < b > c"), ("<a title=\"alice", "<a title=\"user-1"),
      ("<script>alice", "<script>user-1"),
    ] {
      let result = try scrub(html)
      let expectedText = expected.replacing("user-2 user-1", with: "user-1 user-2")
      #expect(result.text == expectedText)
      for chunk in 1...5 { #expect(try scrub.cut(into: chunk)(html) == result) }
      let again = try scrub(result.bytes)
      #expect(again.text == result.text && again.counts.total == 0, "\(html)")
    }
  }

  @Test("names that tokens are in stay names, and the tokens do not stay")
  func names() throws {
    let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    for (html, expected) in [
      ("<\(token)>x</\(token)>", "<replaced>x</replaced>"),
      ("<\(token.uppercased()) a=b/>", "<replaced a=b/>"), ("<x:\(token)/>", "<x:replaced/>"),
      ("<\(token) name=password value=hunter2>", "<replaced name=password value=[token]>"),
      ("<a data-AKIAIOSFODNN7EXAMPLE>x</a>", "<a data-replaced>x</a>"),
      ("<a data-akiaiosfodnn7example=\"x\">x</a>", "<a data-replaced=\"x\">x</a>"),
      ("<a [alice] (click)=\"x\" #ref @b *c>x</a>", "<a [user-1] (click)=\"x\" #ref @b *c>x</a>"),
      ("<a &#47;root=x>x</a>", "<a -home-user-1=x>x</a>"),
      ("<a&#108;ice name=password value=x>", "<user-1 name=password value=[token]>"),
      ("<input value=x name='project falcon'>", "<input value=[token] name='secret-1'>"),
      // What a secret said of its value is not known any more.
      ("<a data-4929123456=x>y</a>", "<a data-secret-1=[token]>y</a>"),
      ("<x-4929123456>y</x-4929123456>", "<x-secret-1>[token]</x-secret-1>"),
    ] {
      let result = try scrub(html)
      #expect(result.text == expected)
      for chunk in 1...5 { #expect(try scrub.cut(into: chunk)(html) == result) }
      let again = try scrub(result.bytes)
      #expect(again.text == result.text && again.counts.total == 0, "\(html)")
    }
  }

  @Test("what stands between angle brackets and is no element is a text")
  func bracketed() throws {
    for (html, expected) in [
      ("<https://carol:hunter2@h/p?session=abc>, x", "<https://[token]@h/p?[query]>, x"),
      ("<HTTPS://CAROL:HUNTER2@H/P?SESSION=ABC>", "<HTTPS://[token]@H/P?[query]>"),
      ("<https://h/>", "<https://h/>"), ("<https://h/p?a=b&amp;c=d#e f>", "<https://h/p?[query] f>"),
      ("<h.example.org/p?session=abc>", "<h.example.org/p?[query]>"), ("<db7/p?session=abc>", "<db7/p?[query]>"),
      ("<carol@example.org>", "<user-1@example.invalid>"),
      ("<mailto:carol@example.org>", "<mailto:user-1@example.invalid>"),
      ("<mailto:carol@example.org?cc=hunter2>", "<mailto:user-1@example.invalid?[query]>"),
      ("<password=hunter2>", "<password=[token]>"), ("<http://h/ Cookie: a=b; c>x", "<http://h/ Cookie: [token]>x"),
      ("<see curl -u carol:hunter2, and /Users/carol>", "<see curl -u [token] and /Users/user-1>"),
      ("<Cookie: a=b; c=d>x", "<Cookie: [token]>x"),
      ("<script /src=x>alice</script>", "<script /src=x>user-1</script>"),
      ("<input placeholder=\"Password:\" class=\"x\"/>", "<input placeholder=\"Password:\" class=\"x\"/>"),
      ("<br/><x:y/><img/src=x><p a.b/c>", "<br/><x:y/><img/src=x><p a.b/c>"),
      ("<input/name=password value=hunter2>", "<input/name=password value=[token]>"),
    ] {
      let result = try scrub(html)
      #expect(result.text == expected)
      for chunk in 1...5 { #expect(try scrub.cut(into: chunk)(html) == result) }
      let again = try scrub(result.bytes)
      #expect(again.text == result.text && again.counts.total == 0, "\(html)")
    }
  }

  @Test("each kind is found, written with entities", arguments: Planted.all.filter { !$0.text.contains("BEGIN") })
  func kinds(planted: Planted) throws {
    for text in planted.cases {
      let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      let numbered = text.unicodeScalars.map { "&#\($0.value);" }.joined()
      let hidden = text.unicodeScalars.map { "&#x\(String($0.value, radix: 16));" }.joined()
      for html in [escaped, numbered, hidden] {
        let result = try scrub("<p class='x'>before \(html)\(planted.takesLine ? "" : " after")</p>")
        #expect(planted.left(in: result.text).isEmpty, "\(html) became \(result.text)")
        #expect(result.counts[planted.kind] > 0, "\(html) became \(result.text)")
        #expect(result.text.hasPrefix("<p class='x'>before ") && result.text.hasSuffix("</p>"))
      }
    }
  }
}
