import CAllocations
import LinuxCalls
import Millrace
import Reactors

/// Millrace as it is measured: a server on reactors of its own, in a process of its own.
final class OwnSubject: @unchecked Sendable {
  enum Kind: Codable, Sendable, Equatable {
    /// Every connection to an upstream.
    case relay(to: UInt16)
    /// A byte asks for the file.
    case serve(path: String, size: Int)
    /// `size` bytes of a connection become a file; a byte answers.
    case store(directory: String, size: Int)
    /// Copies a file again and again, to as many others as there are connections.
    case copyFile(path: String, directory: String, size: Int, copies: Int)
    /// The files of a folder, over HTTP.
    case files(root: String)
    /// Each FIFO into a connection of its own.
    case feed(paths: [String], to: UInt16)
  }

  struct Spec: Codable, Sendable {
    var kind: Kind
    /// `automatic` or a route's name.
    var route: String
    var reactors = 1
  }

  /// What was counted since the mark; routes since the start, of copies that have ended.
  struct Report: Codable, Sendable {
    var systemCalls: [String: Int] = [:]
    var allocations: Allocations?
    var routes: [String: Int] = [:]
    var declined: [Declined] = []
    /// Where it was to be watched.
    var timeline: [ReactorSample] = []
  }

  private let spec: Spec
  private let reactors: Reactors
  private let tally = RouteTally()
  private var marked: [ReactorMetrics] = []
  private var markedAt = Linux.now
  private var watch: ReactorWatch?

  init(_ spec: Spec) throws {
    self.spec = spec
    reactors = try Reactors(count: spec.reactors)
  }

  func run(_ link: RoleLink) async throws {
    let options = CopyOptions(routes: try Self.routes(spec.route), measuresCPU: false)
    let work = spec.kind.work(options, reactors, tally)
    let port = try await work.start()
    try await link.answer(.ready(port: port, process: nil))
    let isMarked = try RoleLink.line(of: .marked)
    // Counted is what is allocated between the two: neither the mark's own nor the report's.
    try await link.forEachCommand(arrival: allocations_end) { command in
      switch command {
      case .mark:
        marked = await reactors.metrics()
        markedAt = Linux.now
        allocations_begin(.max)
        try await link.send(isMarked)
      case .watch(let interval):
        watch = ReactorWatch(reactors, every: interval)
        try await link.send(isMarked)
      case .report: try await link.answer(.counted(await report()))
      case .work(let seconds):
        try await link.answer(.done(try await drive(work, .until(Linux.now + Int64(seconds * 1e9)))))
      case .count(let count): try await link.answer(.done(try await drive(work, .count(count))))
      }
    }
  }

  /// What drives itself was told to begin since the mark, and is counted from here.
  private func drive(_ work: any SubjectWork, _ extent: Load.Extent) async throws -> Load.Result {
    allocations_begin(.max)
    defer { allocations_end() }
    return try await work.drive(extent)
  }

  static func routes(_ name: String) throws -> RouteChoice {
    if name == "automatic" { return .automatic }
    guard let route = Route(rawValue: name) else { throw RoleFailure("there is no route '\(name)'") }
    return .only(route)
  }

  private func report() async -> Report {
    let now = await reactors.metrics()
    var report = Report()
    report.timeline = watch?.end(since: marked, at: markedAt) ?? []
    watch = nil
    if allocations_are_counted() {
      report.allocations = Allocations(count: Int(allocations_count()), bytes: Int(allocations_bytes()))
    }
    for (place, metrics) in now.enumerated() {
      for (call, count) in metrics.systemCalls {
        let before = place < marked.count ? marked[place].systemCalls[call] ?? 0 : 0
        if count > before { report.systemCalls[call, default: 0] += count - before }
      }
      for (route, count) in metrics.bytesByRoute { report.routes[route, default: 0] += count }
    }
    report.declined = tally.declined
    return report
  }
}
