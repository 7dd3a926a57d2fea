import Foundation
import Glibc
import Millrace
import Testing

/// The program as a user starts it.
enum Program {
  /// Built beside the test bundle.
  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("millrace").path

  struct Result {
    var status: Int32
    var output: Data
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }

    /// The report that `--json` printed on standard output.
    func report() throws -> [String: Any] { try Program.object(output) }
  }

  static func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// Runs it to its end.
  static func run(_ arguments: String..., input: FileHandle? = nil, in place: Scratch) async throws -> Result {
    let running = try Running(arguments, input: input, in: place)
    return await running.result()
  }
}

/// A run that is under way.
final class Running: @unchecked Sendable {
  let process = Process()
  private let outputFile: URL
  let errorFile: URL

  /// - Parameters:
  ///   - output: where standard output goes; nil keeps it for the result.
  ///   - errors: the same for standard error.
  ///   - through: a program that starts it, with its arguments.
  ///   - program: the path it is started by.
  ///   - environment: variables beside those of this process.
  init(
    _ arguments: [String], input: FileHandle? = nil, output: FileHandle? = nil, errors: FileHandle? = nil,
    through wrapper: [String] = [], program: String = Program.path, environment: [String: String] = [:],
    in place: Scratch
  ) throws {
    // A runner in the background ignores SIGINT, and what it starts would too.
    signal(SIGINT, SIG_DFL)
    let command = wrapper + [program] + arguments
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = place.url
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    outputFile = place.captured("out")
    errorFile = place.captured("err")
    process.standardInput = input ?? FileHandle.nullDevice
    process.standardOutput = try output ?? FileHandle(forWritingTo: outputFile)
    process.standardError = try errors ?? FileHandle(forWritingTo: errorFile)
    try process.run()
    // The threads that tests run on are as few as cores: none is to sit in a wait for a process.
    Thread.detachNewThread { self.awaitEnd() }
    // A hang is a failure, not a wait for ever. Ends this one process.
    DispatchQueue.global().asyncAfter(deadline: .now() + 300) { [weak self] in
      if self?.hasEnded == false { self?.send(SIGKILL) }
    }
  }

  /// How it ended.
  struct Ending {
    var status: Int32
    var isExit: Bool
  }

  private let lock = NSLock()
  private var known: Ending?
  private var awaiting: [CheckedContinuation<Void, Never>] = []

  /// Nil while it runs.
  var ending: Ending? { lock.withLock { known } }

  /// Waits for its end on this thread. The kernel is asked, and not Foundation, which waits for a descriptor of the child's to
  /// close: another child may have inherited that one, and live on. Foundation reaps it. waitid(2)
  private func awaitEnd() {
    var info = siginfo_t()
    var code: Int32
    repeat {
      code = waitid(P_PID, id_t(process.processIdentifier), &info, WEXITED | WNOWAIT)
    } while code != 0 && errno == EINTR
    let end: Ending
    if code == 0 {
      end = Ending(status: info._sifields._sigchld.si_status, isExit: info.si_code == CLD_EXITED)
    } else {
      // It has been reaped already.
      process.waitUntilExit()
      end = Ending(status: process.terminationStatus, isExit: process.terminationReason == .exit)
    }
    let waiting = lock.withLock {
      known = end
      defer { awaiting = [] }
      return awaiting
    }
    for continuation in waiting { continuation.resume() }
  }

  private func end() async {
    await withCheckedContinuation { continuation in
      let isOver = lock.withLock {
        if known == nil { awaiting.append(continuation) }
        return known != nil
      }
      if isOver { continuation.resume() }
    }
  }

  var hasEnded: Bool { ending != nil }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// What it has said on standard error so far.
  var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

  /// Waits until `condition` holds; false when the program has ended without it.
  func wait(until condition: () -> Bool) async throws -> Bool {
    while !condition() {
      guard !hasEnded else { return condition() }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  /// Waits for the line that says where it listens.
  func listeningPort() async throws -> String {
    #expect(try await wait(until: { self.errors.contains("\n") }))
    let line = try #require(errors.split(separator: "\n").first { $0.contains("listening on") })
    return String(line.split(separator: ":").last ?? "")
  }

  func result() async -> Program.Result {
    await end()
    return Program.Result(
      status: ending?.status ?? -1, output: (try? Data(contentsOf: outputFile)) ?? Data(), errors: errors)
  }
}

/// A directory of its own, gone with its owner.
final class Scratch: @unchecked Sendable {
  let url: URL
  private let outside: URL
  private let lock = NSLock()
  private var captures = 0

  init() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-cli-\(UUID().uuidString)")
    url = base.appendingPathComponent("work")
    outside = base
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: outside) }

  /// A file for what a run prints, outside of the directory that is looked at.
  func captured(_ kind: String) -> URL {
    let number = lock.withLock {
      captures += 1
      return captures
    }
    let file = outside.appendingPathComponent("\(kind)-\(number)")
    _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    return file
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ name: String, _ data: Data) throws -> Data {
    try data.write(to: url.appendingPathComponent(name))
    return data
  }

  func read(_ name: String) throws -> Data { try Data(contentsOf: url.appendingPathComponent(name)) }

  /// What is below a directory: the hash of each file by its name, and 0 for a directory.
  func tree(_ name: String) throws -> [String: UInt64] {
    var hashes: [String: UInt64] = [:]
    for below in try FileManager.default.subpathsOfDirectory(atPath: path(name)) {
      let isFolder = try facts("\(name)/\(below)").st_mode & S_IFMT == S_IFDIR
      hashes[below] = isFolder ? 0 : Checksum64.of(Array(try read("\(name)/\(below)")))
    }
    return hashes
  }

  /// Every name in it, hidden ones too.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }

  func facts(_ name: String) throws -> stat {
    var facts = stat()
    try #require(stat(path(name), &facts) == 0)
    return facts
  }
}

/// Bytes of which no piece stands where another one could: blocks that do not repeat, each with its number in front. Made
/// quickly even without optimisation, for the threads of the tests are few.
func noise(_ count: Int, seed: UInt64 = 1) -> Data {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  var block = (0..<min(count, 65_521)).map { _ in
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return UInt8(truncatingIfNeeded: state >> 24)
  }
  var data = Data(capacity: count)
  while data.count < count {
    let number = data.count / 65_521
    for (place, shift) in zip(block.indices, [0, 8, 16]) { block[place] ^= UInt8(truncatingIfNeeded: number >> shift) }
    data += block.prefix(count - data.count)
  }
  return data
}
