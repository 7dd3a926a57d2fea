import Foundation
import Millrace
import SystemPackage

/// A folder with a file of `size` bytes, `source`, for as long as something is counted.
private func withFolder(_ body: (FilePath) async throws -> Figures) async throws -> Figures {
  // Files in memory are sent on the reactor everywhere; those of a container's own /tmp are not.
  let place = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
  let folder = "\(place)/millrace-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try Data(repeating: 7, count: size).write(to: URL(filePath: "\(folder)/source"))
  return try await body(FilePath(folder))
}

private let size = 64 * 1024

let files = [
  Operation("file to socket, 64 KiB, sendfile", systemCalls: 2, allocations: 10) {
    try await withFolder { folder in
      let pair = try await Pair()
      let file = try await File.open(folder.appending("source"))
      return try await counting(.sendfile) {
        _ = try await copy(from: file.section(offset: 0, length: size), to: pair.near)
        try pair.far.receive(size)
      }
    }
  },

  Operation("socket to file, 64 KiB, splice through a pipe", systemCalls: 4, allocations: 11) {
    try await withFolder { folder in
      let pair = try await Pair()
      let file = try await File.create(folder.appending("sink"))
      let options = CopyOptions(limit: size)
      return try await counting(.pipedSplice) {
        try pair.far.send(size)
        _ = try await copy(from: pair.near, to: file.section(offset: 0), options: options)
      }
    }
  },

  Operation("file to file, 64 KiB, copy_file_range", systemCalls: 4, allocations: 13) {
    try await withFolder { folder in
      let source = try await File.open(folder.appending("source"))
      let sink = try await File.create(folder.appending("sink"))
      return try await counting(.copyFileRange) {
        _ = try await copy(from: source.section(offset: 0, length: size), to: sink.section(offset: 0))
      }
    }
  },
]
