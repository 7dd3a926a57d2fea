import HTTPTypes
import MillraceHTTP

/// A file server's configuration as people give it.
public enum FileServerSettings {
  /// The names there are, in the order of the documentation.
  public static let names = [
    "root", "listen", "index", "listing", "links", "dot-files", "precompressed", "mime-types", "cache-control",
    "attachment", "header", "allow-upload", "upload-token", "upload-token-file", "max-upload", "upload-sync",
    "open-files", "open-file-validity", "reuse-port", "reactors", "head-timeout", "keep-alive-timeout",
    "idle-timeout", "min-rate", "min-rate-grace", "linger-timeout", "max-requests", "max-head", "max-request-line",
    "max-fields", "rate", "rate-per-client", "rate-per-connection", "keep-alive", "unsent-limit", "max-connections",
    "max-connections-per-client", "max-accept-rate",
    "when-full",
    "admin", "drain-timeout", "upgrade-timeout",
  ]

  /// The configuration, and what it is in full as a YAML text.
  ///
  /// - Parameter inheritsListeners: there are sockets that listen already: they are used where `listen` is missing.
  public static func read(
    _ settings: Settings, inheritsListeners: Bool = false
  ) throws(SettingsError) -> (configuration: FileServerConfiguration, effective: String) {
    var reader = SettingReader(settings)
    let root = try reader.value("root", default: "", "a directory is expected") { $0.isEmpty ? nil : $0 }
    let listen = try reader.list(
      "listen", default: inheritsListeners ? [] : [defaultListen]
    ) { (text) throws(ServiceAddress.Malformed) in try ServiceAddress(text) }
    var configuration = FileServerConfiguration(root: root, listen: listen)
    configuration.index = try reader.list("index", default: configuration.index, fileName)
    configuration.listing = try reader.flag("listing", default: configuration.listing)
    configuration.links = try reader.choice("links", default: configuration.links)
    configuration.dotFiles = try reader.flag("dot-files", default: configuration.dotFiles)
    configuration.precompressed = try reader.flag("precompressed", default: configuration.precompressed)
    configuration.mimeTypes = try reader.value("mime-types", default: "system", "a path is expected, or 'system'") {
      $0 == "system" ? .some(nil) : $0.isEmpty ? nil : .some($0)
    }
    configuration.cacheControl = try reader.list("cache-control", patternRule)
    configuration.attachment = try reader.list("attachment") { (text) throws(ServiceAddress.Malformed) in text }
    configuration.headers = try reader.list("header", headerRule)
    configuration.upload = try upload(&reader)
    configuration.openFiles = try reader.number("open-files", default: configuration.openFiles, in: 0...1_000_000)
    configuration.openFileValidity = try reader.duration("open-file-validity", default: "1s")
    try reader.readReusePort(into: &configuration.server)
    configuration.reactors = try reader.number("reactors", orNone: "cores", in: 1...1024)
    configuration.times.head = try reader.duration("head-timeout", default: "10s")
    configuration.times.keepAlive = try reader.optionalDuration("keep-alive-timeout", default: "1m")
    configuration.times.idle = try reader.duration("idle-timeout", default: "30s")
    configuration.times.minimumRate = try reader.number("min-rate", default: 240, in: 0...1_000_000_000)
    configuration.times.grace = try reader.duration("min-rate-grace", default: "10s")
    configuration.times.linger = try reader.duration("linger-timeout", default: "5s")
    configuration.times.mostRequests = try reader.number("max-requests", orNone: "unlimited", in: 1...1_000_000_000)
    configuration.limits.head = try reader.size("max-head", default: "32KiB", in: 256...60 * 1024)
    configuration.limits.line = try reader.size("max-request-line", default: "8KiB", in: 64...60 * 1024)
    configuration.limits.fields = try reader.number("max-fields", default: 100, in: 1...10_000)
    configuration.rate = try reader.size("rate", orNone: "unlimited")
    configuration.ratePerClient = try reader.size("rate-per-client", orNone: "unlimited")
    configuration.ratePerConnection = try reader.size("rate-per-connection", orNone: "unlimited")
    configuration.keepAliveProbe = try reader.optionalDuration("keep-alive", default: "1m")
    configuration.unsentLimit = try reader.size("unsent-limit", orNone: "none")
    try reader.readLimits(into: &configuration.server)
    try reader.readEnd(into: &configuration.server)
    return (configuration, reader.description)
  }

  /// Where nobody says anything: this machine alone.
  private static let defaultListen = "tcp://127.0.0.1:8080"

  /// Uploads need a token: a directory that anybody may fill is nobody's wish.
  private static func upload(_ reader: inout SettingReader) throws(SettingsError) -> UploadConfiguration? {
    let isAllowed = try reader.flag("allow-upload", default: false)
    let token = try reader.secret("upload-token")
    let path = try reader.value("upload-token-file", default: "none", "a path is expected, or 'none'") {
      $0.isEmpty ? nil : $0
    }
    let mostBytes = try reader.size("max-upload", default: "10GiB", in: 1...Int.max)
    let sync = try reader.choice("upload-sync", default: UploadConfiguration.SyncPolicy.full)
    guard isAllowed else { return nil }
    guard token == nil || path == "none" else {
      throw SettingsError("there are an upload-token and an upload-token-file; one of them is expected")
    }
    let fromFile = path == "none" ? nil : try SecretFile.read(path)
    guard let text = token ?? fromFile else {
      throw SettingsError(
        "allow-upload needs a token: --upload-token-file, or MILLRACE_UPLOAD_TOKEN, or upload-token in the file")
    }
    guard text.utf8.count >= 16, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw SettingsError(
        "the upload token is not right: at least 16 visible ASCII characters are expected, without spaces")
    }
    var configuration = UploadConfiguration(token: text)
    configuration.mostBytes = Int64(mostBytes)
    configuration.sync = sync
    return configuration
  }

  private static func fileName(_ text: String) throws(ServiceAddress.Malformed) -> String {
    guard !text.isEmpty, !text.contains("/"), text != ".", text != ".." else {
      throw .init(description: "the name of a file is expected, without slashes")
    }
    return text
  }

  private static func patternRule(
    _ text: String
  ) throws(ServiceAddress.Malformed) -> FileServerConfiguration.PatternRule {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, HTTPField.isValidValue(parts[1]) else {
      throw .init(description: "a pattern and a value are expected, such as '*.js=public, max-age=3600'")
    }
    return .init(pattern: parts[0], value: parts[1])
  }

  private static func headerRule(
    _ text: String
  ) throws(ServiceAddress.Malformed) -> FileServerConfiguration.HeaderRule {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let value = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
    let rule = FileServerConfiguration.HeaderRule(name: parts.count == 2 ? parts[0] : "", value: value)
    if let objection = rule.objection { throw .init(description: objection) }
    return rule
  }
}
