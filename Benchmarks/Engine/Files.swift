import Benchmark
import Foundation
import Millrace
import SystemPackage

/// A folder with a file of `size` bytes, `source`, for the length of a benchmark.
private func withFolder(_ size: Int, _ body: (FilePath) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "millrace-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try Data(repeating: 7, count: size).write(to: URL(filePath: "\(folder)/source"))
  try await body(FilePath(folder))
}

private let size = 64 * 1024

func registerFiles() {
  Benchmark("file-to-socket-64KiB-sendfile") { benchmark in
    try await withFolder(size) { folder in
      let pair = try await Pair()
      let file = try await File.open(folder.appending("source"))
      try await count(benchmark, route: .sendfile) {
        _ = try await copy(from: file.section(offset: 0, length: size), to: pair.near)
        try pair.far.receive(size)
      }
    }
  }

  Benchmark("socket-to-file-64KiB-splice-through-pipe") { benchmark in
    try await withFolder(size) { folder in
      let pair = try await Pair()
      let file = try await File.create(folder.appending("sink"))
      let options = CopyOptions(limit: size)
      try await count(benchmark, route: .pipedSplice) {
        try pair.far.send(size)
        _ = try await copy(from: pair.near, to: file.section(offset: 0), options: options)
      }
    }
  }

  Benchmark("file-to-file-64KiB-copy_file_range") { benchmark in
    try await withFolder(size) { folder in
      let source = try await File.open(folder.appending("source"))
      let sink = try await File.create(folder.appending("sink"))
      try await count(benchmark, route: .copyFileRange) {
        _ = try await copy(from: source.section(offset: 0, length: size), to: sink.section(offset: 0))
      }
    }
  }
}
