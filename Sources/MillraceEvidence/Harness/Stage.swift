import Foundation
import LinuxCalls
import Millrace

/// How fast a load comes, and how long it waits.
struct Pacing: Sendable {
  /// Operations a second; nil is one after the other.
  var rate: Double?
  /// Seconds that an answer may take.
  var patience: Double
}

/// One subject at one load: its processes, started anew for each round, so that no round inherits from the last.
final class Stage {
  let load: Cell.Load
  let scenario: Scenario
  let subject: Subject
  private let place: StagePlace
  private let pace: Pacing
  private var processes: [RoleProcess] = []
  private var own: RoleProcess?
  private var foreign: RoleProcess?
  private var client: RoleProcess?
  private var company: RoleProcess?
  /// The process that is measured.
  private(set) var measured: Int32 = 0
  /// Where it listens.
  private(set) var port: UInt16 = 0

  init(_ load: Cell.Load, _ scenario: Scenario, _ subject: Subject, _ place: StagePlace, _ pace: Pacing) {
    self.load = load
    self.scenario = scenario
    self.subject = subject
    self.place = place
    self.pace = pace
  }

  /// Starts everything; with `connections` nil as many as the load says.
  func open(connections: Int? = nil) async throws {
    let count = connections ?? load.connections
    if scenario == .pipeToSocket { return try await openFeed(count) }
    try checkDescriptors(for: count)
    if load.beside != nil, scenario.isHTTP { try place.addCompany(toWebRoot: bytes) }
    let upstream = scenario.isRelay ? try await openFarEnd() : nil
    port = try await openSubject(upstream, count)
    guard scenario != .fileToFile, !scenario.isIdle else { return }
    client = try await openLoad(connections: count)
    company = try await openCompany()
  }

  /// Whoever else has connections to the subject.
  private func openCompany() async throws -> RoleProcess? {
    guard let beside = load.beside else { return nil }
    let kind: Load.Kind =
      switch (beside.isBulk, scenario.isHTTP) {
      case (true, true): .download(size: StagePlace.bulk)
      case (true, false): .echo(size: 256 * 1024)
      case (false, true): .getOnce(path: "/idle", size: StagePlace.idle)
      case (false, false): .idle
      }
    let spec = Load.Spec(
      kind: kind, port: port, connections: beside.connections, rate: nil, patience: pace.patience)
    let process = try start("the company", .load(spec), at: .ofCompany)
    _ = try await explaining { try await process.untilReady(within: .seconds(pace.patience + 15)) }
    return process
  }

  /// Has the company work for so long, if there is any, and then for as long as is measured: it goes on while others do.
  func beginCompany(warmUp: Double, seconds: Double) async throws {
    guard let company, load.beside?.isBulk == true else { return }
    for time in [warmUp, seconds] { try await company.tell(.work(seconds: time)) }
  }

  /// Waits until its time is over; the bytes that it has moved after the warm-up.
  func endCompany() async throws -> Int? {
    guard let company, load.beside?.isBulk == true else { return nil }
    return try await explaining {
      _ = try await company.finishedWork(within: .seconds(pace.patience + 10))
      return try await company.finishedWork(within: .seconds(pace.patience + 10)).bytes
    }
  }

  /// A server keeps some of its descriptors for files, and connections that it makes wait for want of them say nothing of it.
  private func checkDescriptors(for count: Int) throws {
    let all = count + (load.beside?.connections ?? 0)
    // A relay has two for each.
    let needed = all * (scenario.isRelay ? 2 : 1) + 2048
    guard scenario == .httpIdle || load.beside != nil, Linux.descriptorLimit < needed else { return }
    throw Subject.Skipped(
      "\(all) connections need \(needed) descriptors, and a process has \(Linux.descriptorLimit) here")
  }

  private var bytes: Int { load.bytes }

  private var loadKind: Load.Kind {
    switch scenario {
    case .fileToSocket: .fetch(size: bytes)
    case .socketToFile: .store(size: bytes)
    case .socketToSocket: .send(unit: load.size ?? Pattern.period, isPipelined: load.size == nil)
    case .echo: .echo(size: bytes)
    case .short: .short(size: bytes)
    case .httpFile: .get(size: bytes)
    case .httpIdle: .getOnce(path: "/file", size: bytes)
    case .idle, .fileToFile, .pipeToSocket: .idle
    }
  }

  /// - Parameter seat: where it runs, in a run that times operations beside others' work.
  private func start(_ name: String, _ spec: RoleSpec, at seat: Seat) throws -> RoleProcess {
    let process = try RoleProcess(name, spec, at: place.isSeated ? seat : nil, program: place.program)
    processes.append(process)
    return process
  }

  private func openFarEnd() async throws -> UInt16 {
    let spec: FarEnd.Spec =
      scenario == .socketToSocket ? .sink(unit: load.size ?? Pattern.period) : .echo
    guard let port = try await start("the far end", .farEnd(spec), at: .ofLoad).untilReady().port else {
      throw BenchFailure("the far end does not listen")
    }
    return port
  }

  private func openSubject(_ upstream: UInt16?, _ count: Int) async throws -> UInt16 {
    switch subject {
    case .millrace: return try await openOwn(try ownKind(upstream, count))
    case .peer(let peer):
      let part = try peerPart(upstream)
      let port = try Self.freePort()
      return try await openForeign(try place.peers.command(of: peer, at: port, part), port: port)
    case .target(let target):
      let port = try Self.freePort()
      return try await openForeign(try place.command(of: target, port, upstream, load), port: port)
    }
  }

  private func ownKind(_ upstream: UInt16?, _ count: Int) throws -> OwnSubject.Kind {
    switch scenario {
    case .fileToSocket: return .serve(path: try place.file(of: bytes), size: bytes)
    case .socketToFile: return .store(directory: place.directory, size: bytes)
    case .fileToFile:
      return .copyFile(path: try place.file(of: bytes), directory: place.directory, size: bytes, copies: count)
    case .socketToSocket, .echo, .idle, .short:
      guard let upstream else { throw BenchFailure("there is no far end") }
      return .relay(to: upstream)
    case .httpFile, .httpIdle: return .files(root: try place.webRoot(of: bytes))
    case .pipeToSocket: throw BenchFailure("pipes are opened elsewhere")
    }
  }

  private func peerPart(_ upstream: UInt16?) throws -> PeerPrograms.Part {
    switch (scenario, upstream) {
    case (_, let upstream?): return .relay(to: upstream)
    case (.fileToSocket, nil): return .serve(path: try place.file(of: bytes), size: bytes)
    case (.httpFile, nil), (.httpIdle, nil): return .files(root: try place.webRoot(of: bytes))
    case (.socketToFile, nil): return .store(folder: place.directory, size: bytes)
    default: throw Subject.Skipped("it has no part in this")
    }
  }

  private func openOwn(_ kind: OwnSubject.Kind) async throws -> UInt16 {
    let process = try start("millrace", .subject(.init(kind: kind, route: load.route)), at: .ofSubject)
    own = process
    measured = process.process
    return try await process.untilReady().port ?? 0
  }

  private func openFeed(_ count: Int) async throws {
    guard subject == .millrace else { throw Subject.Skipped("it has no part in this") }
    let paths = try (0..<count).map { try place.makePipe($0) }
    let feed = try start(
      "the load",
      .load(.init(kind: .feed(paths: paths), port: 0, connections: count, rate: nil, patience: pace.patience)),
      at: .ofLoad)
    client = feed
    guard let port = try await feed.untilReady().port else { throw BenchFailure("the load does not listen") }
    _ = try await openOwn(.feed(paths: paths, to: port))
  }

  private func openForeign(_ command: String, port: UInt16) async throws -> UInt16 {
    let process = try start(subject.name, .foreign(command: command, log: place.log), at: .ofSubject)
    foreign = process
    guard let id = try await process.untilReady().process else { throw BenchFailure("\(subject.name) did not start") }
    measured = id
    let end = Linux.now + Int64(pace.patience * 1e9)
    while true {
      if let how = await process.lastWords(within: .milliseconds(1)) {
        throw BenchFailure("\(subject.name) ended (\(how))\(place.lastLine)")
      }
      do throws(EndpointError) {
        try await Connection.connect(to: .loopback(port: port), timeout: .seconds(1)).close()
        return port
      } catch {
        guard Linux.now < end else {
          throw BenchFailure(
            "\(subject.name) did not listen at 127.0.0.1:\(port) within \(pace.patience) s\(place.lastLine)")
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  func openLoad(connections: Int) async throws -> RoleProcess {
    let process = try start(
      "the load",
      .load(.init(kind: loadKind, port: port, connections: connections, rate: pace.rate, patience: pace.patience)),
      at: .ofLoad)
    _ = try await explaining { try await process.untilReady(within: .seconds(pace.patience + 15)) }
    return process
  }

  /// A port for somebody else's program, at which nobody listens: below those that the kernel gives to whoever names none,
  /// so that no client takes it before the program does.
  private static func freePort() throws -> UInt16 {
    let range = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
    let least = range?.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) } ?? 32_768
    for _ in 0..<100 {
      let port = UInt16.random(in: 10_000..<max(20_000, least))
      guard let listener = try? Listener.bind(to: .loopback(port: port)) else { continue }
      listener.close()
      return port
    }
    throw BenchFailure("no port of the loopback is free")
  }

  // MARK: - Working

  /// Lets whoever drives the work do it.
  func work(_ command: RoleCommand, seconds: Double) async throws -> Load.Result {
    guard let driver = scenario == .fileToFile ? own : client else { throw BenchFailure("nobody works") }
    return try await explaining { try await driver.work(command, within: .seconds(seconds + pace.patience + 10)) }
  }

  /// Rather what a failure comes from than what it comes to.
  private func explaining<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch {
      // A shell notices a moment later than the kernel.
      if let how = await foreign?.lastWords(within: .milliseconds(500)) {
        throw BenchFailure("\(subject.name) ended while it was measured (\(how))\(place.lastLine)")
      }
      throw error
    }
  }

  func figures() async throws -> ProcessFigures {
    try await explaining {
      guard let figures = ProcessFigures(of: measured) else { throw BenchFailure("\(subject.name) is gone") }
      return figures
    }
  }

  func mark() async throws { try await own?.mark() }

  func watch(every interval: Double) async throws { try await own?.watch(every: interval) }

  func report() async throws -> OwnSubject.Report? { try await own?.report() }

  /// Copies end when their connections have: a moment after the load is gone.
  func routes(atLeast bytes: Int) async throws -> OwnSubject.Report? {
    var known = try await report()
    for _ in 0..<100 {
      guard let routes = known?.routes, routes.values.reduce(0, +) < bytes else { break }
      try await Task.sleep(for: .milliseconds(10))
      known = try await report()
    }
    return known
  }

  /// What became a file is what was sent. Anyone's programs keep it where they please.
  func checkFiles() throws {
    switch (scenario, subject) {
    case (_, .target): return
    case (.socketToFile, _), (.fileToFile, _): try place.checkFiles(bytes)
    default: return
    }
  }

  /// The load goes; then copies end, and their routes are known.
  func endLoad() {
    client?.end()
    client = nil
    company?.end()
    company = nil
  }

  func close() {
    for process in processes.reversed() { process.end() }
    processes = []
    place.clear()
  }

  deinit { close() }
}
