import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// A sink whose other side takes what fits and then nothing, and which the kernel writes to with the thread.
struct StallingSink: Sendable {
  enum Kind: String, CaseIterable, Sendable, CustomStringConvertible {
    case fifoByPath, lentFIFO, terminal, lentTerminal
    var description: String { rawValue }
  }

  let file: File
  let peer: PlainDescriptor
  private let owner: PlainDescriptor?
  private let folder: TempFolder?

  init(_ kind: Kind) async throws {
    switch kind {
    case .fifoByPath, .lentFIFO:
      let folder = try TempFolder()
      guard mkfifo(folder("fifo"), 0o600) == 0 else { throw PlainFailure(call: "mkfifo") }
      // Opened for both, a FIFO waits for nobody. fifo(7)
      peer = PlainDescriptor(open(folder("fifo"), O_RDWR | O_CLOEXEC))
      if kind == .fifoByPath {
        file = try await File.open(FilePath(folder("fifo")), for: .write)
        owner = nil
      } else {
        let owner = PlainDescriptor(open(folder("fifo"), O_WRONLY | O_CLOEXEC))
        file = File(lending: FileDescriptor(rawValue: owner.number))
        self.owner = owner
      }
      self.folder = folder
    case .terminal, .lentTerminal:
      let terminal = try Terminal()
      peer = terminal.master
      let number = FileDescriptor(rawValue: terminal.slave)
      file = kind == .terminal ? File(taking: number) : File(lending: number)
      owner = kind == .terminal ? nil : PlainDescriptor(terminal.slave)
      folder = nil
    }
  }

  /// The flags of the open file that was lent; nil where none was.
  var lentFlags: Int32? { owner.map { fcntl($0.number, F_GETFL) } }

  /// What it took and nobody read so far.
  func taken() throws -> [UInt8] {
    file.close()
    owner?.close()
    peer.makeNonBlocking()
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    var entry = pollfd(fd: peer.number, events: Int16(POLLIN), revents: 0)
    // A terminal hands on what it holds a little later, from a thread of the kernel's.
    while poll(&entry, 1, 200) > 0, entry.revents & Int16(POLLIN) != 0 {
      let count = Glibc.read(peer.number, &buffer, buffer.count)
      if count <= 0 { break }
      all += buffer[..<count]
    }
    return all
  }
}

@Suite("A sink whose other side stalls", .serialized, .enabled(if: Terminal.isPossible, "there is no /dev/ptmx"))
struct StalledPeerTests {
  enum Way: CaseIterable, Sendable { case memory, buffered, spliced }

  /// given such a sink; when the copy is interrupted while it stalls; then it ends at once, no thread waits in a call, and
  /// every byte is accounted for.
  @Test("does not keep a copy that is interrupted", arguments: StallingSink.Kind.allCases, Interruption.allCases)
  func interrupted(_ kind: StallingSink.Kind, _ interruption: Interruption) async throws {
    for way in Way.allCases {
      try await Rig.onReactor { reactor in
        let original = Pattern.bytes(1 << 20)
        let sink = try await StallingSink(kind)
        let flags = sink.lentFlags
        let source = try FedSource(.pipe, way == .memory ? [] : original)
        let options = interruption.options(way == .buffered ? .only(.buffered) : .automatic)
        let copying = reactor.task {
          way == .memory
            ? await Rig.attempt(Bytes(original), sink.file, options)
            : await Rig.attempt(source.endpoint, sink.file, options)
        }
        if interruption == .cancel {
          try await Rig.untilWaiting(on: reactor)
          try await Rig.until("no thread of the pool is held") { await reactor.metrics().tasks.inBlockingCall == 0 }
          copying.cancel()
        }

        let result = try await copying.value

        #expect(sink.lentFlags == flags)
        let rest = try await source.rest()
        let outcome = Outcome(original: original, result: result, received: try sink.taken(), rest: rest)
        outcome.expectEveryByteAccountedFor()
        let error = try #require(outcome.error)
        #expect(error.side == .copy)
        #expect(interruption.isCause(error.cause), "\(error)")
      }
    }
  }

  /// given the same; when its other side takes again; then all of it arrives, in order.
  @Test("goes on when that takes again", arguments: StallingSink.Kind.allCases, Way.allCases)
  func goesOn(_ kind: StallingSink.Kind, _ way: Way) async throws {
    try await Rig.onReactor { reactor in
      let original = Pattern.bytes(300_000)
      let sink = try await StallingSink(kind)
      let source = try FedSource(.pipe, way == .memory ? [] : original)
      let routes = way == .buffered ? RouteChoice.only(.buffered) : .automatic
      // So that a copy that waits for ever fails, and does not hang the tests.
      let options = CopyOptions(deadline: .now + .seconds(30), routes: routes)
      let copying = reactor.task {
        way == .memory
          ? await Rig.attempt(Bytes(original), sink.file, options)
          : await Rig.attempt(source.endpoint, sink.file, options)
      }
      try await Rig.untilWaiting(on: reactor)

      let peer = sink.peer
      let arrived = try await onThread { try peer.read(original.count) }

      let report = try await copying.value.get()
      #expect(report.delivered == original.count)
      #expect(Pattern.difference(arrived, original) == nil)
      _ = try await source.rest()
      _ = try sink.taken()
    }
  }

  /// given more of them than the pool has threads; when a file is copied beside them; then it does not wait for them.
  @Test("leaves the threads of the pool to disks")
  func manyStall() async throws {
    try await Rig.onReactor { reactor in
      let sinks = try await stall(12, on: reactor)
      let source = try FedSource(.file, Pattern.bytes(100_000))
      let sink = try WatchedSink(.file)
      let report = try await Rig.attempt(source.endpoint, sink.endpoint).get()
      #expect(report.delivered == 100_000)
      _ = try await source.rest()
      _ = try await sink.received()
      for (sink, copying) in sinks {
        copying.cancel()
        _ = try await copying.value
        _ = try sink.taken()
      }
    }
  }

  private func stall(
    _ count: Int, on reactor: Reactor
  ) async throws -> [(StallingSink, Task<Result<CopyReport, CopyError>, any Error>)] {
    var all: [(StallingSink, Task<Result<CopyReport, CopyError>, any Error>)] = []
    for _ in 0..<count {
      let sink = try await StallingSink(.lentFIFO)
      all.append((sink, reactor.task { await Rig.attempt(Bytes(Pattern.bytes(200_000)), sink.file) }))
    }
    try await Rig.untilWaiting(count, on: reactor)
    return all
  }
}

@Suite("A file of the kernel's that has no bytes yet", .serialized)
struct SilentFileTests {
  /// Says that it is empty, and a read waits for the kernel to say something. proc(5)
  private static let path = "/proc/kmsg"

  private static var isSilent: Bool {
    let number = open(path, O_RDONLY | O_NONBLOCK)
    guard number >= 0 else { return false }
    defer { close(number) }
    var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) == 0
  }

  @Test(
    "does not keep a copy that is interrupted", .enabled(if: isSilent, "/proc/kmsg cannot be read, or has bytes"),
    arguments: Interruption.allCases)
  func interrupted(_ interruption: Interruption) async throws {
    try await Rig.onReactor { reactor in
      let source = try await File.open(FilePath(Self.path))
      let sink = try WatchedSink(.unix)
      let copying = reactor.task { await Rig.attempt(source, sink.endpoint, interruption.options()) }
      if interruption == .cancel {
        try await Rig.untilWaiting(on: reactor)
        copying.cancel()
      }
      let result = try await copying.value
      guard case .failure(let error) = result else { throw Missing("\(result)") }
      #expect(interruption.isCause(error.cause), "\(error)")
      #expect(try await sink.received().count == error.report.delivered)
      source.close()
    }
  }
}
