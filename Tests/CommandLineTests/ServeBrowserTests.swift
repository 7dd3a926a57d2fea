import Foundation
import HeadlessBrowser
import Millrace
import Testing

@Suite(
  "millrace serve in a browser", .enabled(if: Browser.path != nil, "chromium is not installed"), .serialized,
  .timeLimit(.minutes(8)))
struct ServeBrowserTests {
  /// given a folder with files of different sizes; when somebody opens its listing, clicks on "Size" twice, opens a folder, and
  /// goes back up; then each page is the one that was clicked for.
  @Test("shows a listing whose columns, folders and way back can be clicked")
  func listing() async throws {
    let place = try Scratch()
    try FileManager.default.createDirectory(atPath: place.path("site/folder"), withIntermediateDirectories: true)
    try place.write("site/a.txt", noise(30))
    try place.write("site/b.txt", noise(10))
    try place.write("site/folder/inner name.txt", noise(5))
    // Of the same origin, so that it may click.
    try place.write("site/driver.html", Data(Self.driver.utf8))
    let (server, log) = try LogLines.start(
      ["serve", "site", "--listen", "tcp://127.0.0.1:0", "--reactors", "1"], in: place)
    let port = try await log.port()
    let page = try await Browser.run([
      "--window-size=1200,900", "--virtual-time-budget=20000", "--dump-dom", "http://127.0.0.1:\(port)/driver.html",
    ])
    let steps = try #require(page.output.firstMatch(of: /<pre id="o">([^<]*)<\/pre>/)).1
      .split(separator: "\n").map(String.init)
    #expect(
      steps == [
        "/: folder a.txt b.txt driver.html", "once: folder driver.html a.txt b.txt",
        "twice: folder b.txt a.txt driver.html", "/folder/: inner name.txt", "up /: folder a.txt b.txt driver.html",
      ], "\(page.output)")
    #expect(!page.errors.contains("CONSOLE"), "\(page.errors)")
    server.send(SIGTERM)
    #expect(await server.result().status == 0)
  }

  private static let driver = """
    <!DOCTYPE html><body><iframe id="f" width="390" height="800"></iframe><pre id="o"></pre><script>
    const frame = document.getElementById("f"), out = document.getElementById("o");
    const loaded = () => new Promise(done => frame.addEventListener("load", done, {once: true}));
    const names = () => [...frame.contentDocument.querySelectorAll("tbody a")].map(a => a.textContent.trim())
      .filter(name => name != ".." && !name.startsWith("Parent") && !name.startsWith("Up")).join(" ");
    const find = (selector, text) => [...frame.contentDocument.querySelectorAll(selector)]
      .find(a => a.textContent.trim().startsWith(text));
    const click = async (selector, text) => { const wait = loaded(); find(selector, text).click(); await wait };
    (async () => {
      const say = text => out.textContent += text + "\\n";
      let wait = loaded(); frame.src = "/"; await wait;
      say("/: " + names());
      await click("thead a", "Size"); say("once: " + names());
      await click("thead a", "Size"); say("twice: " + names());
      await click("tbody a", "folder"); say(new URL(frame.contentWindow.location).pathname + ": " + names());
      wait = loaded(); frame.contentDocument.querySelector('a[href="../"]').click(); await wait;
      say("up " + new URL(frame.contentWindow.location).pathname + ": " + names());
    })();
    </script>
    """

  /// given a download that is kept to a rate; when somebody opens the live page; then it has a row with what moves, where to,
  /// and by which route.
  @Test("shows on the live page what moves, and by which route")
  func transfers() async throws {
    let place = try Scratch()
    try FileManager.default.createDirectory(atPath: place.path("site"), withIntermediateDirectories: true)
    try place.write("site/large.bin", noise(8 << 20))
    let (server, log) = try LogLines.start(
      [
        "serve", "site", "--listen", "tcp://127.0.0.1:0", "--admin", "tcp://127.0.0.1:0", "--reactors", "1",
        "--rate-per-connection", "256KiB",
      ], in: place)
    let admin = try #require(try await log.next(with: "admin endpoint").split(separator: ":").last)
    let port = try await log.port()
    let download = try await Connection.connect(to: .loopback(port: port))
    try await download.write(Array("GET /large.bin HTTP/1.1\r\nHost: test\r\n\r\n".utf8))
    // The data say when there is something to see.
    while try await !fetch("/transfers", port: try #require(UInt16(admin))).contains("\"route\":\"sendfile\"") {}
    let page = try await Browser.run([
      "--window-size=1200,900", "--virtual-time-budget=3000", "--dump-dom", "http://127.0.0.1:\(admin)/transfers",
    ])
    #expect(page.output.contains("/large.bin"), "\(page.output)")
    #expect(page.output.contains(">sendfile<"), "\(page.output)")
    #expect(!page.errors.contains("CONSOLE"), "\(page.errors)")
    download.reset()
    server.send(SIGTERM)
    server.send(SIGTERM)
    _ = await server.result()
  }

  private func fetch(_ path: String, port: UInt16) async throws -> String {
    let connection = try await Connection.connect(to: .loopback(port: port))
    try await connection.write(Array("GET \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".utf8))
    return String(decoding: try await readAll(from: connection), as: UTF8.self)
  }
}
