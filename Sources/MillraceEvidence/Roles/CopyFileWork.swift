import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// One file into others, over and over.
final class CopyFileWork: SubjectWork {
  private let path: String
  private let directory: String
  private let size: Int
  private let copies: Int
  private let options: CopyOptions
  private let reactor: Reactor
  private let tally: RouteTally

  init(
    _ path: String, _ directory: String, _ size: Int, _ copies: Int, _ options: CopyOptions, _ reactors: Reactors,
    _ tally: RouteTally
  ) {
    self.path = path
    self.directory = directory
    self.size = size
    self.copies = copies
    self.options = options
    reactor = reactors.all[0]
    self.tally = tally
  }

  func start() async throws -> UInt16? {
    for number in 0..<copies { try await File.create(FilePath(sinkPath(number))).close() }
    return nil
  }

  private func sinkPath(_ number: Int) -> String { "\(directory)/copy-\(number)" }

  func drive(_ extent: Load.Extent) async throws -> Load.Result {
    let recorder = Recorder(isPaced: false)
    let start = Linux.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<copies {
        group.addTask(executorPreference: reactor) { try await self.copyOver(number, extent, recorder) }
      }
      try await group.waitForAll()
    }
    return recorder.result(nanoseconds: Linux.now - start, hasLatency: true)
  }

  private func copyOver(_ number: Int, _ extent: Load.Extent, _ recorder: Recorder) async throws {
    let source = try await File.open(FilePath(path))
    let sink = try await File.open(FilePath(sinkPath(number)), for: .readWrite)
    defer {
      source.close()
      sink.close()
    }
    var operation = 0
    while true {
      switch extent {
      case .until(let end): if operation > 0, Linux.now >= end { return }
      case .count(let count): if operation >= count { return }
      }
      let began = Linux.now
      let report = try await copy(
        from: source.section(offset: 0, length: size), to: sink.section(offset: 0), options: options)
      tally.note(report)
      recorder.note(bytes: report.delivered, nanoseconds: Linux.now - began)
      operation += 1
    }
  }
}
