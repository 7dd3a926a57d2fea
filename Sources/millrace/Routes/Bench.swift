import Glibc
import LinuxCalls
import Millrace
import Reactors

/// Where the measurements are made: the copies that are measured run on one reactor, their far ends on another, so
/// that the CPU of a measured copy is its own.
struct Bench: Sendable {
  let measured: Reactors
  let far: Reactors
  /// What is moved: bytes that do not repeat, so that a chunk in the wrong place is noticed.
  let data: [UInt8]
  let checksum: UInt64
  /// A file of it.
  let file: File
  let directory: FilePath

  static func make(bytes: Int) async throws(Failure) -> Bench {
    let data = noise(bytes)
    let directory = FilePath(unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp")
    let file = try await temporaryFile(in: directory)
    do throws(CopyError) {
      _ = try await copy(from: Bytes(data), to: file.section(offset: 0))
    } catch {
      throw Failure("cannot write \(Amount.bytes(bytes)) to a temporary file in \(directory): \(error)")
    }
    do throws(Errno) {
      return Bench(
        measured: try Reactors(count: 1), far: try Reactors(count: 1), data: data, checksum: Checksum64.of(data),
        file: file, directory: directory)
    } catch {
      throw Failure("cannot start a reactor: \(error)")
    }
  }

  func shutdown() async {
    file.close()
    await measured.shutdown()
    await far.shutdown()
  }

  static func temporaryFile(in directory: FilePath) async throws(Failure) -> File {
    try await explained { () async throws(EndpointError) in try await File.temporary(in: directory) }
  }

  /// xorshift64*, which is quick and never repeats within a measurement.
  private static func noise(_ bytes: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    var data: [UInt8] = []
    data.reserveCapacity(bytes + 8)
    while data.count < bytes {
      state ^= state >> 12
      state ^= state << 25
      state ^= state >> 27
      let word = state &* 0x2545_F491_4F6C_DD1D
      for shift in stride(from: 0 as UInt64, to: 64, by: 8) { data.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    data.removeLast(data.count - bytes)
    return data
  }

  /// Moves the bytes between the ends of `pair`, by the route that is taken by itself and by the buffered one. Fails
  /// when it is not done by `end`.
  func measure(_ pair: EndPair, until end: ContinuousClock.Instant) async throws(Failure) -> PairResult {
    let automatic = try await run(pair, .automatic, end)
    let buffered = pair.source == .memory ? nil : try await run(pair, .only(.buffered), end)
    return PairResult(source: pair.source, sink: pair.sink, automatic: automatic, buffered: buffered)
  }

  private func run(_ pair: EndPair, _ routes: RouteChoice, _ end: ContinuousClock.Instant) async throws(Failure)
    -> PairResult.Run
  {
    let (source, feeding) = try await source(pair.source)
    let (sink, collecting) = try await sink(pair.sink)
    let options = CopyOptions(deadline: end, passesEnd: true, routes: routes)
    let task = measured.all[0].task {
      guard let writable = sink.sink else { throw Failure("nothing is copied to memory") }
      return try await copy(from: source.source, to: writable, options: options)
    }
    do {
      defer {
        sink.close()
        source.close()
      }
      let report = try await task.value
      _ = try await feeding?.value
      let sum = if let collecting { try await collecting.value } else { try await Self.sum(of: sink.source) }
      return PairResult.Run(report, isIntact: sum == checksum && report.delivered == data.count)
    } catch {
      throw Failure("the copy from \(pair.source.rawValue) to \(pair.sink.rawValue) failed: \(error)")
    }
  }
}
