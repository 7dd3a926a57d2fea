/// What a browser shows when a request was not answered with what it asked for. Of the request it repeats the path
/// alone.
package struct ErrorPage: Sendable {
  /// The status code of the response (RFC 9110, section 15).
  package var status: Int
  /// The reason phrase of the code: `Not Found`.
  package var reason: String
  /// One sentence that says to people what that means.
  package var sentence: String
  /// What else is known, for those who look into it.
  package var detail: String?
  /// The bytes of the request's path, in any form; none where it is not known or better not repeated.
  package var path: [UInt8]?

  /// A page of these.
  package init(status: Int, reason: String, sentence: String, detail: String? = nil, path: [UInt8]? = nil) {
    self.status = status
    self.reason = reason
    self.sentence = sentence
    self.detail = detail
    self.path = path
  }

  /// The page, in UTF-8.
  package func bytes() -> [UInt8] {
    var page = PageWriter(capacity: 4096)
    page.literal(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>
      """)
    page.decimal(status)
    page.literal(" ")
    page.plain(reason)
    page.literal("</title>\n<style>\n")
    page.literal(PageStyle.root)
    page.literal(Self.style)
    page.literal("\n</style>\n</head>\n<body>\n<main>\n<p class=\"status\">")
    page.decimal(status)
    page.literal("</p>\n<h1>")
    page.content(reason)
    page.literal("</h1>\n<p>")
    page.content(sentence)
    page.literal("</p>\n")
    if let path {
      page.literal("<p class=\"path\"><bdi>")
      page.content(path)
      page.literal("</bdi></p>\n")
    }
    if let detail {
      page.literal("<p class=\"detail\">")
      page.content(detail)
      page.literal("</p>\n")
    }
    // The way out of a place that is not there, unless it was this one.
    if status == 404, let path, path != [UInt8(ascii: "/")] {
      page.literal("<p><a href=\"/\">Go to the start page</a></p>\n")
    }
    page.literal("</main>\n</body>\n</html>\n")
    return page.bytes
  }

  /// The look of the page, after the root of all pages.
  private static let style: StaticString = """
    body{min-height:100vh;min-height:100svh;display:grid;place-content:center;max-width:none}
    main{width:min(34rem,calc(100vw - 1.5rem));padding:clamp(1.25rem,5vw,2.5rem);background:var(--card);
    border:1px solid var(--rule);border-radius:.7rem}
    p{margin:.75rem 0 0}
    .status{margin:0;font-size:.95rem;font-weight:600;color:var(--link);font-variant-numeric:tabular-nums}
    h1{margin:0}
    .path{padding:.5rem .75rem;background:var(--faint);border-radius:.4rem;
    font:.9rem/1.5 ui-monospace,"Cascadia Mono",Menlo,"DejaVu Sans Mono",monospace}
    .detail{color:var(--muted);font-size:.9rem}
    main a{display:inline-block;padding:.4rem 0}
    """
}
