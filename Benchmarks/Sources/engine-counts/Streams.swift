import Millrace
import SystemPackage

/// From one connection to another, by one route.
private func relayed(_ size: Int, _ route: Route) async throws -> Figures {
  let source = try await Pair()
  let sink = try await Pair()
  let options = CopyOptions(limit: size, routes: .only(route))
  return try await counting(route) {
    try source.far.send(size)
    _ = try await copy(from: source.near, to: sink.near, options: options)
    try sink.far.receive(size)
  }
}

let streams = [
  Operation("socket to socket, 4 KiB, buffered", systemCalls: 2, allocations: 10) {
    try await relayed(4096, .buffered)
  },

  Operation("socket to socket, 64 KiB, splice through a pipe", systemCalls: 2, allocations: 10) {
    try await relayed(64 * 1024, .pipedSplice)
  },

  Operation("memory to socket, 4 KiB", systemCalls: 1, allocations: 7) {
    let pair = try await Pair()
    let bytes = [UInt8](repeating: 7, count: 4096)
    return try await counting(.memory) {
      _ = try await copy(from: Bytes(bytes), to: pair.near)
      try pair.far.receive(bytes.count)
    }
  },

  Operation("pipe to socket, 32 KiB, splice", systemCalls: 1, allocations: 9) {
    let pair = try await Pair()
    let pipe = try PipeEnd.pair()
    let bytes = [UInt8](repeating: 7, count: 32 * 1024)
    let options = CopyOptions(limit: bytes.count)
    return try await counting(.splice) {
      try pipe.writing.fileDescriptor.writeAll(bytes)
      _ = try await copy(from: pipe.reading, to: pair.near, options: options)
      try pair.far.receive(bytes.count)
    }
  },
]
