/// The page of the admin endpoint on which one sees bytes move. It is the same for every server and every time: its
/// script asks the page's own URL for ``TransfersJSON`` once a second while somebody looks.
///
/// The server has to answer that URL by the Accept field, and say so (`Vary: Accept`).
package enum TransfersPage {
  /// The page, in UTF-8.
  package static let bytes: [UInt8] = {
    var page = PageWriter(capacity: 20_480)
    page.literal(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Transfers</title>
      <style>

      """)
    page.literal(PageStyle.root)
    page.literal(style)
    page.literal("\n</style>\n</head>\n")
    page.literal(body)
    page.literal("\n<script>\n")
    page.literal(script)
    page.literal("\n</script>\n</body>\n</html>\n")
    return page.bytes
  }()

  private static let body: StaticString = """
    <body>
    <header>
    <div><h1>Transfers</h1><p id="service">Asking the server…</p></div>
    <dl>
    <div><dt>Transfers</dt><dd id="count">–</dd></div>
    <div><dt>Rate</dt><dd id="rate">–</dd></div>
    <div><dt>Up for</dt><dd id="uptime">–</dd></div>
    </dl>
    </header>
    <div class="bar">
    <input id="filter" type="search" placeholder="Filter" aria-label="Filter transfers" autocomplete="off"
    spellcheck="false">
    <button id="pause" type="button">Pause</button>
    </div>
    <p id="contact" role="status" hidden></p>
    <noscript><p class="none">This page needs a script to be live. The same as data: ask its URL with
    <code>Accept: application/json</code>.</p></noscript>
    <table id="table" hidden>
    <thead><tr>
    <th scope="col" data-key="what"><button type="button">What</button></th>
    <th scope="col" data-key="from"><button type="button">From</button></th>
    <th scope="col" data-key="to"><button type="button">To</button></th>
    <th scope="col" data-key="bytes"><button type="button">Bytes</button></th>
    <th scope="col" data-key="now"><button type="button">Rate now</button></th>
    <th scope="col" data-key="average"><button type="button">Average</button></th>
    <th scope="col" data-key="seconds"><button type="button">Elapsed</button></th>
    <th scope="col" data-key="route"><button type="button">Route</button></th>
    </tr></thead>
    <tbody id="rows"></tbody>
    </table>
    <p id="none" class="none" hidden></p>
    """
}
