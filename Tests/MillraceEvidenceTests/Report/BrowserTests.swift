import Foundation
import HeadlessBrowser
import Testing

@testable import MillraceEvidence

@Suite("The report in a browser", .enabled(if: Browser.path != nil, "chromium is not installed"), .serialized)
struct BrowserTests {
  @Test("is light or dark as the reader's system is, to the eye", .timeLimit(.minutes(8)))
  func schemes() async throws {
    try await inFolder { folder in
      try HTMLReport(SampleRun.results(), SampleRun.environment).write(to: folder + "/report.html")
      var corners: [String: [Int]] = [:]
      for (scheme, setting) in [("light", "1"), ("dark", "0")] {
        let image = "\(folder)/\(scheme).png"
        let log = try await Browser.run([
          "--blink-settings=preferredColorScheme=\(setting)", "--window-size=1280,900", "--screenshot=\(image)",
          "file://\(folder)/report.html",
        ])
        #expect(!log.errors.contains("CONSOLE"), "\(log.errors)")
        let data = try Data(contentsOf: URL(filePath: image))
        #expect(data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        corners[scheme] = try await corner(of: data, folder)
      }
      let (light, dark) = (try #require(corners["light"]), try #require(corners["dark"]))
      #expect(light.reduce(0, +) > 3 * 220, "\(light)")
      #expect(dark.reduce(0, +) < 3 * 50, "\(dark)")
    }
  }

  @Test("fits a phone, and scrolls its tables inside of their own frames", .timeLimit(.minutes(8)))
  func phone() async throws {
    try await inFolder { folder in
      try HTMLReport(SampleRun.results(), SampleRun.environment).write(to: folder + "/report.html")
      // A page around it, as the report itself runs nothing.
      let probe = """
        <!DOCTYPE html><body><iframe id="f" width="360" height="740" style="border:0" src="report.html"></iframe><pre id="o"></pre>
        <script>window.onload = () => {
          const page = document.getElementById("f").contentDocument;
          page.querySelectorAll("details").forEach(one => one.open = true);
          const small = [...page.querySelectorAll("svg.chart text")].map(one => one.getBoundingClientRect().height);
          document.getElementById("o").textContent = "width " + page.documentElement.scrollWidth + ", scrolled "
            + [...page.querySelectorAll(".scroll")].filter(one => one.scrollWidth > one.clientWidth).length
            + ", letters " + Math.min(...small.filter(one => one > 0));
        }</script>
        """
      try Data(probe.utf8).write(to: URL(filePath: folder + "/probe.html"))
      let page = try await Browser.run([
        "--allow-file-access-from-files", "--window-size=800,900", "--dump-dom", "file://\(folder)/probe.html",
      ])
      let found = try #require(page.output.firstMatch(of: /width (\d+), scrolled (\d+), letters ([0-9.]+)/))
      #expect(Int(found.1) == 360)
      #expect(try #require(Int(found.2)) > 0)
      // The height of a line of text, 1.2 of the letters' size.
      #expect(try #require(Double(found.3)) > 11, "\(found.3)")
    }
  }

  /// Red, green and blue of the image's first corner: the browser can read its own images.
  private func corner(of image: Data, _ folder: String) async throws -> [Int] {
    let probe = """
      <!DOCTYPE html><body><img id="i" src="data:image/png;base64,\(image.base64EncodedString())"/><pre id="o"></pre>
      <script>window.onload = () => {
        const canvas = document.createElement("canvas").getContext("2d");
        canvas.drawImage(document.getElementById("i"), 0, 0);
        document.getElementById("o").textContent = "corner " + [...canvas.getImageData(2, 2, 1, 1).data].join(" ");
      }</script>
      """
    try Data(probe.utf8).write(to: URL(filePath: folder + "/corner.html"))
    let page = try await Browser.run(["--dump-dom", "file://\(folder)/corner.html"])
    let found = try #require(page.output.firstMatch(of: /corner (\d+) (\d+) (\d+)/))
    return [found.1, found.2, found.3].compactMap { Int($0) }
  }
}

/// A folder that is gone afterwards.
private func inFolder(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-evidence-" + UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.path)
}
