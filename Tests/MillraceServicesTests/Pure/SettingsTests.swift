import Foundation
@testable import MillraceServices
import Testing

@Suite("Settings")
struct SettingsTests {
  private func read(
    flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
  ) async throws -> (configuration: RelayConfiguration, effective: String) {
    var path: String?
    if let file {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString).yaml").path
      try file.write(toFile: try #require(path), atomically: true, encoding: .utf8)
    }
    defer { if let path { try? FileManager.default.removeItem(atPath: path) } }
    return try RelaySettings.read(
      try await Settings(flags: flags, environment: environment, file: path, names: RelaySettings.names))
  }

  private static let least = ["listen": ["tcp://*:1"], "to": ["tcp://a:2"]]

  /// given the same setting in all three places; when it is read; then the flag counts, then the environment, then the file.
  @Test("of the command line go before the environment, and that before the file")
  func precedence() async throws {
    let file =
      "listen: tcp://*:1\nto: [tcp://a:2, 'tcp://b:3;weight=2']\nidle-timeout: 1s\nconnect-timeout: 1s\nbalance: client-hash\n"
    let environment = ["MILLRACE_IDLE_TIMEOUT": "2s", "MILLRACE_CONNECT_TIMEOUT": "2s", "MILLRACE_OTHER": "x"]
    let (read, effective) = try await read(flags: ["idle-timeout": ["never"]], environment: environment, file: file)
    #expect(read.idleTimeout == nil)
    #expect(read.connectTimeout == .seconds(2))
    #expect(read.balance == .clientHash)
    #expect(read.drainTimeout == .seconds(30))
    #expect(read.upstreams.map(\.weight) == [1, 2])
    #expect(effective.contains("idle-timeout: never  # --idle-timeout\n"))
    #expect(effective.contains("connect-timeout: 2s  # MILLRACE_CONNECT_TIMEOUT\n"))
    #expect(effective.contains(", line 5\n"))
    #expect(effective.contains("drain-timeout: 30s  # default"))
  }

  @Test("in full are a file that says the same")
  func effectiveIsAFile() async throws {
    let first = try await read(
      flags: Self.least.merging(["max-connections": ["7"], "when-full": ["refuse"]]) { $1 },
      environment: ["MILLRACE_TO": "tcp://a:2,unix:@b;weight=3"])
    let second = try await read(file: first.effective)
    #expect(second.configuration.maxConnections == 7)
    #expect(second.configuration.whenFull == .refuse)
    #expect(second.configuration.upstreams == first.configuration.upstreams)
    func values(_ text: String) -> [String] { text.split(separator: "\n").map { String($0.prefix { $0 != "#" }) } }
    #expect(values(second.effective) == values(first.effective))
  }

  @Test(
    "that are wrong are told with where they stand, what was found and what was expected",
    arguments: [
      ("idle-timeout: 5", "line 3: '5' is not right: a time is expected"),
      ("idle-timeout: [1s, 2s]", "line 3: 'idle-timeout' has one value, not 2"),
      ("idle-timeout: {a: 1}", "line 3: 'idle-timeout' is a text or a list of texts, not a mapping"),
      ("idle_timeout: 5s", "line 3: there is no setting 'idle_timeout'; there are listen, to,"),
      ("balance: random", "line 3: 'random' is not right: one of round-robin, least-connections, client-hash"),
      ("max-connections: 0", "'0' is not right: a whole number from 1 to 10000000, or 'descriptors'"),
      ("to: tcp://b:1", "stands there twice"), ("drain-timeout: [", "this is no YAML"),
    ])
  func wrong(_ line: String, _ expected: String) async throws {
    let error = await #expect(throws: SettingsError.self) {
      _ = try await read(file: "listen: tcp://*:1\nto: tcp://a:2\n\(line)\n")
    }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test("without an address to listen on, or to go to, say which is missing")
  func missing() async throws {
    for name in ["listen", "to"] {
      var flags = Self.least
      flags[name] = nil
      let error = await #expect(throws: SettingsError.self) { _ = try await read(flags: flags) }
      #expect(error?.description.hasPrefix("--\(name) is missing") == true)
    }
  }

  @Test(
    "of time have a unit",
    arguments: [
      ("250ms", Duration.milliseconds(250)), ("5s", .seconds(5)), ("2m", .seconds(120)), ("1h", .seconds(3600)),
      ("5", nil), ("0s", nil), ("-1s", nil), ("1.5s", nil), ("s", nil), ("5 s", nil), ("99999999999s", nil),
      ("١s", nil),
    ])
  func durations(_ text: String, _ expected: Duration?) {
    #expect(DurationText.parse(text) == expected)
  }
}
