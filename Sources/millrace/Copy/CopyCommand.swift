import ArgumentParser
import LinuxCalls
import Millrace

/// `millrace copy SOURCE DESTINATION`
struct CopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy",
    abstract: "Copies a stream of bytes and names the route it took.",
    discussion: """
      Either side is one of
        a path                     a file, FIFO, device, socket or terminal
        -                          standard input or output
        tcp://host:port            a connection to there
        unix:/path                 a connection to a Unix socket
        tcp-listen://host:port     waits there for one peer; port 0 takes a free port
        unix-listen:/path          waits there for one peer
      A Unix path that begins with @ is a name in the abstract namespace.

      A regular file appears under its name only when it is whole: until then it grows
      beside it under another name. It keeps the source's permissions and its holes.

      Sizes are plain bytes or have a unit: 4K and 4KiB are 4096, 4KB is 4000.

      Examples:
        millrace copy --fsync disk.img /mnt/backup/disk.img
        tar c . | millrace copy - tcp://host:9000
        millrace copy tcp-listen://*:9000 - | tar x
        millrace copy --offset 1MiB --limit 4K disk.img - | xxd

      Exit status: 0 done, 1 failed, 64 not understood, 130 interrupted. Done means of
      a file that it has its name, of a socket or pipe that it took every byte and the
      end; whether the peer has read them only the peer can say.
      """)

  @Argument(help: "Where the bytes come from.", transform: Place.init(argument:))
  var source: Place

  @Argument(help: "Where they go.", transform: Place.init(argument:))
  var destination: Place

  @Option(help: "Start this far into the source.", transform: ByteSize.init(argument:))
  var offset: ByteSize?

  @Option(help: "Copy at most this much.", transform: ByteSize.init(argument:))
  var limit: ByteSize?

  @Flag(name: .shortAndLong, help: "Replace the destination if it exists.")
  var force = false

  @Flag(help: "Be done only when the bytes are on the disk.")
  var fsync = false

  @Flag(name: .shortAndLong, help: "Say nothing unless it fails.")
  var quiet = false

  @Flag(help: "Print the whole report as a line of JSON: on standard error if standard output carries the data.")
  var json = false

  @Flag(help: "List each route that was considered, and why it was or was not taken.")
  var explain = false

  @Option(
    help: ArgumentHelp("Take this route or fail: \(RouteName.list).", valueName: "name"),
    transform: RouteName.route(argument:))
  var route: Route?

  @Option(
    help: ArgumentHelp("No faster than this many bytes a second.", valueName: "size"),
    transform: ByteSize.positive(argument:))
  var rate: ByteSize?

  @Option(
    help: ArgumentHelp("Fail if it is not done within this time.", valueName: "seconds"),
    transform: Seconds.duration(argument:))
  var timeout: Duration?

  @Option(
    help: ArgumentHelp(
      "Fail if no byte moves for this long. Waiting for a peer counts, flushing to disk does not. Seen between two "
        + "calls: a read or write that a disk holds up ends first.",
      valueName: "seconds"),
    transform: Seconds.duration(argument:))
  var idleTimeout: Duration?

  func run() async throws {
    let request = request
    let monitor = Monitor()
    let stop = Stop()
    let opening = Opening(
      request: request, patience: Patience(limit: idleTimeout, stop: stop), announce: announcement)
    let job = CopyJob(request: request, opening: opening, stop: stop, monitor: monitor)
    let words = LastWords(json: json, quiet: quiet, explain: explain)
    let task = Task { await job.run() }
    let draws = Console.isTerminal && !quiet
    stop.watch(timeLimit: timeout) {
      task.cancel()
    } giveUp: {
      let outcome = Outcome(request, givenUp: monitor, stop)
      if draws { ProgressDrawing.wipe() }
      _ = try? words.say(outcome)
    }
    let drawing = draws ? Task { await ProgressDrawing.run(monitor) } : nil
    let outcome = await task.value
    drawing?.cancel()
    await drawing?.value
    do throws(Failure) {
      // Said already by who ends the process, and is about to.
      if try !words.say(outcome) { try? await Task.sleep(for: .seconds(1)) }
    } catch {
      Console.complain(error.sentence)
      throw ExitCode.failure
    }
    if outcome.exitStatus != 0 { throw ExitCode(outcome.exitStatus) }
  }

  private var request: CopyRequest {
    CopyRequest(
      source: source, destination: destination, offset: offset?.bytes, limit: limit?.bytes, force: force, fsync: fsync,
      route: route, rate: rate?.bytes, idleTimeout: idleTimeout)
  }

  /// Says where it listens. Needed by whoever is to connect, so `--quiet` hides only what was asked for anyway.
  private var announcement: @Sendable (Address) -> Void {
    let json = json
    let isAskedFor = quiet && ![source, destination].contains { $0.choosesPort }
    return { address in
      if isAskedFor { return }
      if json, let line = try? JSONLine.text(["listening": address.description]) { return Console.say(line) }
      Console.say("listening on \(address)")
    }
  }
}

extension Place {
  /// It listens where nobody but this process knows until it does.
  fileprivate var choosesPort: Bool {
    if case .tcpListen(_, 0) = self { true } else { false }
  }
}
