import Benchmark
import Millrace
import SystemPackage

func registerStreams() {
  for (size, route) in [(4096, Route.buffered), (64 * 1024, .pipedSplice)] {
    Benchmark("socket-to-socket-\(size / 1024)KiB-\(route.rawValue)") { benchmark in
      let source = try await Pair()
      let sink = try await Pair()
      let options = CopyOptions(limit: size, routes: .only(route))
      try await count(benchmark, route: route) {
        try source.far.send(size)
        _ = try await copy(from: source.near, to: sink.near, options: options)
        try sink.far.receive(size)
      }
    }
  }

  Benchmark("memory-to-socket-4KiB") { benchmark in
    let pair = try await Pair()
    let bytes = [UInt8](repeating: 7, count: 4096)
    try await count(benchmark, route: .memory) {
      _ = try await copy(from: Bytes(bytes), to: pair.near)
      try pair.far.receive(bytes.count)
    }
  }

  Benchmark("pipe-to-socket-32KiB-splice") { benchmark in
    let pair = try await Pair()
    let pipe = try PipeEnd.pair()
    let bytes = [UInt8](repeating: 7, count: 32 * 1024)
    let options = CopyOptions(limit: bytes.count)
    try await count(benchmark, route: .splice) {
      try pipe.writing.fileDescriptor.writeAll(bytes)
      _ = try await copy(from: pipe.reading, to: pair.near, options: options)
      try pair.far.receive(bytes.count)
    }
  }
}
