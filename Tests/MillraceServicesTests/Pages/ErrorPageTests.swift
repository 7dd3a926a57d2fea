@testable import MillraceServices
import Testing

@Suite("An error page")
struct ErrorPageTests {
  @Test("is well-formed and repeats nothing as markup", arguments: hostileNames)
  func hostile(_ name: [UInt8]) throws {
    let text = String(decoding: name, as: UTF8.self)
    let bytes = ErrorPage(status: 404, reason: text, sentence: text, detail: text, path: name).bytes()
    let page = try PageReading(bytes)
    #expect(page.flaw == nil)
    #expect(page.links == ["/"])
    #expect(!page.text.contains("<script") && !page.text.contains("<img"))
  }

  @Test("says the code, the reason, the sentence and what else is known")
  func content() throws {
    let page = try PageReading(
      ErrorPage(
        status: 403, reason: "Forbidden", sentence: "You may not see this.", detail: "It is hidden.",
        path: "/a\u{202E}<".bytes
      ).bytes())
    #expect(page.flaw == nil)
    #expect(page.text.contains("<title>403 Forbidden</title>"))
    #expect(page.text.contains("<p>You may not see this.</p>"))
    #expect(page.text.contains(#"<bdi>/a<span class="c">\u{202E}</span>&lt;</bdi>"#))
    #expect(page.text.contains("It is hidden."))
  }

  @Test("without a path or a detail has no place for them, and offers the start page only from elsewhere")
  func bare() throws {
    let page = try PageReading(ErrorPage(status: 503, reason: "Service Unavailable", sentence: "Try later.").bytes())
    #expect(page.flaw == nil)
    #expect(!page.text.contains("class=\"path\"") && !page.text.contains("class=\"detail\""))
    let root = ErrorPage(status: 404, reason: "Not Found", sentence: "Nothing.", path: "/".bytes)
    #expect(try PageReading(root.bytes()).links.isEmpty)
  }
}
