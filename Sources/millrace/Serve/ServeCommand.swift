import ArgumentParser
import Logging
import MillraceServices

/// `millrace serve`
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serves the files of a directory over HTTP, by sendfile.",
    discussion: """
        millrace serve .                              at http://127.0.0.1:8080/
        millrace serve /srv/artifacts --listen tcp://*:80 --cache-control '*.deb=max-age=86400'

      Addresses are tcp://host:port, tcp://[::1]:port or unix:/path; tcp://*:port
      listens on every address. Every option may also stand in a YAML file (--config)
      under its own name, or in the environment: --idle-timeout is idle-timeout: there
      and MILLRACE_IDLE_TIMEOUT here, where several values are separated by commas. The
      flag counts before the environment, and that before the file.

      Patterns: * is any run of bytes, ? is one; without a slash a pattern is matched
      with the name alone.

      SIGTERM and SIGINT end it: no more connections, and the requests there are have
      the drain timeout to end. A second one ends them at once. SIGHUP reads again what
      is said of files, from the root to uploads. SIGUSR2 starts the program that is at
      its path now and leaves the listening sockets to it.

      Times are a number with a unit: 250ms, 5s, 1m, 2h. Sizes too: 4096, 64KiB, 10MiB.
      """)

  @Argument(help: "The directory.")
  var directory: String?

  @OptionGroup(title: "Clients")
  var reception: ReceptionOptions

  @Option(help: "A name that a directory is answered with; may be repeated. Default: index.html.")
  var index: [String] = []

  @Flag(inversion: .prefixedNo, help: "List directories without one of these. Default: on.")
  var listing: Bool?

  @Option(help: "Symbolic links that are followed: inside, same-owner or none. Default: inside.")
  var links: String?

  @Flag(inversion: .prefixedNo, help: "Serve names that begin with a dot. Default: off.")
  var dotFiles: Bool?

  @Flag(inversion: .prefixedNo, help: "Send FILE.br, FILE.zst and FILE.gz to those who take them. Default: on.")
  var precompressed: Bool?

  @Option(help: "A mime.types file that adds to the built-in types, or 'system'. Default: system.")
  var mimeTypes: String?

  @Option(help: "PATTERN=VALUE of Cache-Control; the first that matches counts; may be repeated.")
  var cacheControl: [String] = []

  @Option(help: "A pattern of files that browsers are to save; may be repeated.")
  var attachment: [String] = []

  @Option(help: "NAME: VALUE for every answer with content; may be repeated.")
  var header: [String] = []

  @Flag(inversion: .prefixedNo, help: "Take files by PUT from those who have the token. Default: off.")
  var allowUpload: Bool?

  @Option(help: "A file with the token; or MILLRACE_UPLOAD_TOKEN.")
  var uploadTokenFile: String?

  @Option(help: "Bytes of an uploaded file. Default: 10GiB.")
  var maxUpload: String?

  @Option(help: "What is on the disk before an upload is answered: none, file or full. Default: full.")
  var uploadSync: String?

  @Option(help: "Files that each reactor keeps open. Default: 1000.")
  var openFiles: String?

  @Option(help: "How long such a file is believed to be what is at its path. Default: 1s.")
  var openFileValidity: String?

  @Option(help: "How long a request's head may take. Default: 10s.")
  var headTimeout: String?

  @Option(help: "How long a connection may wait for its next request, or 'never'. Default: 1m.")
  var keepAliveTimeout: String?

  @Option(help: "How long no byte of a body may move. Default: 30s.")
  var idleTimeout: String?

  @Option(help: "Bytes a second that a client must give or take of a body; 0 is no minimum. Default: 240.")
  var minRate: String?

  @Option(help: "Over how long that is looked at, again and again. Default: 10s.")
  var minRateGrace: String?

  @Option(help: "How long the rest of a request is read after an early answer. Default: 5s.")
  var lingerTimeout: String?

  @Option(help: "Requests on one connection, or 'unlimited'. Default: unlimited.")
  var maxRequests: String?

  @Option(help: "Bytes of a request's head. Default: 32KiB.")
  var maxHead: String?

  @Option(help: "Bytes of its first line. Default: 8KiB.")
  var maxRequestLine: String?

  @Option(help: "Fields of a head. Default: 100.")
  var maxFields: String?

  @Option(help: "Bytes a second of all bodies together, or 'unlimited'. Default: unlimited.")
  var rate: String?

  @Option(help: "The same for each client address. Default: unlimited.")
  var ratePerClient: String?

  @Option(help: "The same for each connection. Default: unlimited.")
  var ratePerConnection: String?

  @Option(help: "Bytes of an answer that may wait in the kernel unsent, or 'none'. Default: none.")
  var unsentLimit: String?

  @OptionGroup(title: "The program")
  var service: ServiceOptions

  private var flags: [String: [String]] {
    var flags = SettingFlags.single([
      ("root", directory), ("listing", listing.map { "\($0)" }), ("links", links),
      ("dot-files", dotFiles.map { "\($0)" }), ("precompressed", precompressed.map { "\($0)" }),
      ("mime-types", mimeTypes), ("allow-upload", allowUpload.map { "\($0)" }),
      ("upload-token-file", uploadTokenFile), ("max-upload", maxUpload), ("upload-sync", uploadSync),
      ("open-files", openFiles), ("open-file-validity", openFileValidity),
      ("head-timeout", headTimeout), ("keep-alive-timeout", keepAliveTimeout), ("idle-timeout", idleTimeout),
      ("min-rate", minRate), ("min-rate-grace", minRateGrace), ("linger-timeout", lingerTimeout),
      ("max-requests", maxRequests), ("max-head", maxHead), ("max-request-line", maxRequestLine),
      ("max-fields", maxFields), ("rate", rate), ("rate-per-client", ratePerClient),
      ("rate-per-connection", ratePerConnection), ("unsent-limit", unsentLimit),
    ])
    for (name, values) in [
      ("index", index), ("cache-control", cacheControl), ("attachment", attachment), ("header", header),
    ] where !values.isEmpty { flags[name] = values }
    return flags.merging(reception.flags) { $1 }
  }

  private func read(
    inheritsListeners: Bool
  ) async throws(SettingsError) -> (configuration: FileServerConfiguration, effective: String) {
    try FileServerSettings.read(
      try await service.settings(flags, names: FileServerSettings.names), inheritsListeners: inheritsListeners)
  }

  func run() async throws {
    try await ServiceOptions.reporting {
      let inherited = try InheritedListeners.fromEnvironment(LaunchEnvironment.variables)
      let (configuration, effective) = try await read(inheritsListeners: inherited != nil)
      if service.check { print(effective) } else { await serve(configuration, inherited) }
    }
  }

  private func serve(_ configuration: FileServerConfiguration, _ inherited: InheritedListeners?) async {
    var configuration = configuration
    // Whoever reads the metrics has the readings taken then.
    configuration.metricsInterval = nil
    let launch = service.launch("millrace.serve")
    let server = FileServer(
      configuration, logger: launch.logger, metrics: ServiceLaunch.metrics(configuration.admin),
      inheriting: inherited, managedBy: launch.manager)
    await launch.run(server, server.reception) {
      await reload(server, launch.logger, inheritsListeners: inherited != nil)
    }
  }

  private func reload(_ server: FileServer, _ logger: Logger, inheritsListeners: Bool) async {
    do {
      try await server.replaceRules(by: try await read(inheritsListeners: inheritsListeners).configuration)
      logger.info("rules read again")
    } catch {
      logger.error("the configuration was not read again, and stays as it was: \(error)")
    }
  }
}
