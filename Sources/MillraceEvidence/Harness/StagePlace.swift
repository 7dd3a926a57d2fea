import Foundation
import Glibc

/// The folder of a run, and what is in it: files to serve, pipes, what other programs say. Removed at the end.
final class StagePlace {
  let directory: String
  let program: HarnessProgram
  let peers: PeerPrograms
  /// Whether processes have cores of their own.
  let isSeated: Bool

  init(in root: String, program: HarnessProgram, isSeated: Bool = false) throws {
    self.isSeated = isSeated
    directory = "\(root)/millrace-bench-\(UInt64.random(in: 0 ... .max))"
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    } catch {
      throw BenchFailure("\(root) has no room for the files of a run: \(error.localizedDescription)")
    }
    self.program = program
    peers = PeerPrograms(directory: directory)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// A file of the pattern; made once.
  func file(of size: Int) throws -> String {
    let path = "\(directory)/content-\(size)"
    if FileManager.default.fileExists(atPath: path) { return path }
    do {
      try Data(Pattern.prefix(size)).write(to: URL(fileURLWithPath: path))
    } catch {
      throw BenchFailure("a file of \(size) bytes cannot be made in \(directory): \(error.localizedDescription)")
    }
    return path
  }

  func makePipe(_ number: Int) throws -> String {
    let path = "\(directory)/pipe-\(number)"
    guard unsafe mkfifo(path, 0o600) == 0 else { throw BenchFailure("a FIFO cannot be made in \(directory)") }
    return path
  }

  var log: String { "\(directory)/said" }

  /// What a program said last, as the end of a sentence.
  var lastLine: String {
    let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    guard let last = said.split(separator: "\n").last else { return "" }
    return "; it said: \(last.prefix(200))"
  }

  /// The placeholders of a target's command.
  func command(
    of target: BenchOptions.Target, _ port: UInt16, _ upstream: UInt16?, _ load: Cell.Load
  ) throws -> String {
    let root =
      switch Scenario(rawValue: load.scenario) {
      case .fileToSocket: try folder(of: load.bytes, as: "content")
      case .httpFile, .httpIdle: try webRoot(of: load.bytes)
      default: directory
      }
    if upstream == nil, target.command.contains("{upstream}") {
      throw Subject.Skipped("its command has an {upstream}, and this is no relay")
    }
    return target.command.replacingOccurrences(of: "{listen}", with: "127.0.0.1:\(port)")
      .replacingOccurrences(of: "{upstream}", with: upstream.map { "127.0.0.1:\($0)" } ?? "")
      .replacingOccurrences(of: "{root}", with: root)
  }

  /// The folder that is served over HTTP: a file of that size is at `/file`.
  func webRoot(of size: Int) throws -> String { try folder(of: size, as: "file") }

  /// What company asks for besides: a large file at `/bulk`, and a small one at `/idle`.
  func addCompany(toWebRoot size: Int) throws {
    for (name, bytes) in [("bulk", Self.bulk), ("idle", Self.idle)] {
      let path = "\(try webRoot(of: size))/\(name)"
      guard !FileManager.default.fileExists(atPath: path) else { continue }
      try FileManager.default.linkItem(atPath: try file(of: bytes), toPath: path)
    }
  }

  /// Bytes of these.
  static let bulk = 16 << 20
  static let idle = 13

  /// A folder with the file by that name, and nothing else.
  private func folder(of size: Int, as name: String) throws -> String {
    let folder = "\(directory)/root-\(name)-\(size)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      try FileManager.default.linkItem(atPath: try file(of: size), toPath: "\(folder)/\(name)")
    }
    return folder
  }

  /// Whether the files that were written are the pattern's beginning, each of `size` bytes, and that there is one.
  /// Throws what is wrong.
  func checkFiles(_ size: Int) throws {
    var right = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      guard name.hasPrefix("stored-") || name.hasPrefix("copy-") else { continue }
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(directory)/\(name)"))
      defer { try? file.close() }
      var position = 0
      while let piece = try file.read(upToCount: Pattern.period), !piece.isEmpty {
        guard Pattern.isRight([UInt8](piece), at: position) else {
          throw BenchFailure("a file that was written is not what was sent, from byte \(position) on or a little later")
        }
        position += piece.count
      }
      // Of a connection that had nothing to say: whether somebody listens is asked by one, and in a short round a long file
      // may be all that there is time for.
      if position == 0, name.hasPrefix("stored-") { continue }
      guard position == size else { throw BenchFailure("a file that was written has \(position) bytes, of \(size)") }
      right += 1
    }
    guard right > 0 else { throw BenchFailure("no file was written") }
  }

  /// What one measurement leaves.
  func clear() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
      guard ["stored-", "copy-", "pipe-", "said"].contains(where: name.hasPrefix) else { continue }
      try? FileManager.default.removeItem(atPath: "\(directory)/\(name)")
    }
  }
}
