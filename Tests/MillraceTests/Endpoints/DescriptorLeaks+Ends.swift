import Glibc
import Millrace
import SystemPackage

// What is not a copy from one stream or file to another.
extension DescriptorLeaks {
  /// By tee(2), through memory, to a section that is full, and one that is let go.
  static func secondSinks() async throws {
    for choice in [RouteChoice.automatic, .only(.buffered)] {
      for patience in [Tee.WhenStalled.wait, .detach(after: .zero)] {
        let source = try FedSource(.unix, Pattern.bytes(300_000))
        let sink = try WatchedSink(.tcp)
        let second = try WatchedSink(.pipe)
        let part = File(taking: FileDescriptor(rawValue: try PlainFile.make([])))
        func copyAll(_ source: some ByteSource, _ second: some ByteSink) async throws {
          let teed = source.teed(to: second, whenStalled: patience).teed(to: part.section(offset: 0, length: 1000))
          _ = try await Rig.attempt(teed, sink.endpoint, CopyOptions(routes: choice)).get()
        }
        try await copyAll(source.endpoint, second.endpoint)
        _ = try await source.rest()
        _ = try await sink.received()
        _ = try await second.received()
        part.close()
      }
    }
  }

  /// Both ways, to the end and until one side is gone.
  static func exchanges() async throws {
    for breaks in [false, true] {
      let (one, client) = try PlainPair.tcp()
      let (other, server) = try PlainPair.unix()
      let ends = (
        try Connection(taking: FileDescriptor(rawValue: one)), try Connection(taking: FileDescriptor(rawValue: other))
      )
      try client.write(Pattern.bytes(1000))
      try server.write(Pattern.bytes(1000))
      if breaks { client.reset() } else { client.finishWriting() }
      server.finishWriting()
      _ = await exchange(between: ends.0, and: ends.1)
      ends.0.close()
      ends.1.close()
    }
  }

  /// Connections that are accepted, also one that nobody takes; a FIFO by its path; a terminal.
  static func peers() async throws {
    let listener = try Listener.bind(to: .loopback(port: 0))
    let clients = [
      try await Connection.connect(to: listener.address), try await Connection.connect(to: listener.address),
    ]
    let accepted = try await listener.accept()
    try await copy(from: Bytes(Pattern.bytes(1000)), to: accepted, options: CopyOptions(passesEnd: true))
    _ = try await readAll(from: clients[0])
    let waiting = Task { try await listener.accept() }
    _ = try await waiting.value
    let never = Task { try await listener.accept() }
    never.cancel()
    _ = try? await never.value
    for end in clients + [accepted] { end.close() }
    listener.close()
    for kind in StallingSink.Kind.allCases where Terminal.isPossible || kind == .fifoByPath || kind == .lentFIFO {
      let sink = try await StallingSink(kind)
      let options = CopyOptions(idleTimeout: .milliseconds(5))
      guard case .failure = await Rig.attempt(Bytes(Pattern.bytes(200_000)), sink.file, options) else {
        throw Missing("it was to stall")
      }
      sink.file.close()
    }
  }

  /// Files of the kernel's, one file within itself, staged ones that are committed, given up and forgotten.
  static func files() async throws {
    let process = try await File.open("/proc/version")
    _ = try await readAll(from: process)
    process.close()
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(10_000))))
    _ = await Rig.attempt(file.section(offset: 0, length: 100), file.section(offset: 50))
    _ = await Rig.attempt(file.section(offset: 0, length: 100), file.section(offset: 5_000))
    file.close()
    let folder = try TempFolder()
    for fate in 0..<3 {
      let staged = try await StagedFile.begin(for: folder("staged"))
      try await copy(from: Bytes(Pattern.bytes(1000)), to: staged.file)
      if fate == 0 { try await staged.commit(replacing: true) }
      if fate == 0 { try await staged.syncDirectory() }
      if fate == 1 { await staged.discard() }
    }
  }

  /// Lent ends that a copy had to wait for; their owner closes them.
  static func lent() async throws {
    let (source, feeder) = try PlainPair.pipeToEngine()
    let (sink, taker) = try PlainPair.unix(buffer: 4096)
    let owners = [PlainDescriptor(source), PlainDescriptor(sink)]
    feeder.feed(Pattern.bytes(300_000))
    let arrived = taker.drain()
    let ends = (
      PipeEnd(lending: FileDescriptor(rawValue: source)),
      try Connection(lending: FileDescriptor(rawValue: sink))
    )
    _ = try await Rig.attempt(ends.0, ends.1).get()
    for owner in owners { owner.close() }
    _ = try await arrived.value
    withExtendedLifetime(ends) {}
  }

  /// Ends that read and write by themselves, with a second sink, and one that is closed before its copy.
  static func ownEnds() async throws {
    let second = try WatchedSink(.unix)
    func copyTeed(_ second: some ByteSink) async throws {
      let source = ArrayReader(Pattern.bytes(10_000))
      _ = try await Rig.attempt(ReaderSource(reader: source).teed(to: second), WriterSink(writer: ArrayWriter())).get()
    }
    try await copyTeed(second.endpoint)
    _ = try await second.received()
    let (one, other) = try Connection.pair()
    one.close()
    guard case .failure = await Rig.attempt(one, other) else { throw Missing("it is closed") }
    other.close()
  }
}
