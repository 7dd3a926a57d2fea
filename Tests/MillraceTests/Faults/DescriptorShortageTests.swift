import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A process without descriptors", .serialized)
struct DescriptorShortageTests {
  static let exhaustions: [Errno] = [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory]

  @Test("pauses accepting, without spinning, and goes on when there are some again", arguments: exhaustions)
  func pauses(_ errno: Errno) async throws {
    try await Rig.onReactor { reactor in
      // Given a listener whose next three accepts fail.
      let listener = try Listener.bind(to: .loopback(port: 0))
      let fault = Faults.shared.arm(.init(.accept, on: try Rig.descriptor(of: listener), .error(errno), times: 3))
      let client = try await Connection.connect(to: listener.address)
      let before = await reactor.metrics().systemCalls["accept"] ?? 0

      // When a connection is accepted.
      let accepted = try await listener.accept()

      // Then it was tried once for each pause and no more.
      #expect(Faults.shared.disarm(fault) == 3)
      #expect(listener.pausesForLackOfDescriptors == 3)
      #expect((await reactor.metrics().systemCalls["accept"] ?? 0) - before == 4)
      try await client.write([1, 2, 3])
      #expect(try await accepted.read() == [1, 2, 3])
      for connection in [client, accepted] { connection.close() }
      listener.close()
    }
  }

  @Test("stops pausing when the task is cancelled")
  func cancelledPause() async throws {
    try await Rig.onReactor { reactor in
      let listener = try Listener.bind(to: .loopback(port: 0))
      let fault = Faults.shared.arm(
        .init(.accept, on: try Rig.descriptor(of: listener), .error(.tooManyOpenFiles), times: nil))
      let accepting = reactor.task { try await listener.accept() }
      try await Rig.until("the listener pauses") { listener.pausesForLackOfDescriptors > 0 }

      accepting.cancel()

      let error = await #expect(throws: EndpointError.self) { try await accepting.value }
      #expect(error?.reason == "the task was cancelled")
      Faults.shared.disarm(fault)
      listener.close()
    }
  }

  @Test(
    "does not notice a connection that broke before it was accepted",
    arguments: [
      Errno.connectionAbort, .networkUnreachable, .hostIsDown,
    ])
  func brokenInTheBacklog(_ errno: Errno) async throws {
    try await Rig.onReactor { _ in
      let listener = try Listener.bind(to: .loopback(port: 0))
      let fault = Faults.shared.arm(.init(.accept, on: try Rig.descriptor(of: listener), .error(errno), times: 5))
      let client = try await Connection.connect(to: listener.address)

      let accepted = try await listener.accept()

      #expect(Faults.shared.disarm(fault) == 5)
      #expect(listener.pausesForLackOfDescriptors == 0)
      for connection in [client, accepted] { connection.close() }
      listener.close()
    }
  }

  @Test("for real: a low RLIMIT_NOFILE pauses the listener, sends copies through buffers, and is survived")
  func lowLimit() async {
    await #expect(processExitsWith: .success) {
      // Given everything a copy and a listener need, and then not a single descriptor more.
      let original = Pattern.bytes(3 << 20)
      let source = try FedSource(.tcp, original)
      let sink = try WatchedSink(.tcp)
      let listener = try Listener.bind(to: .loopback(port: 0))
      let client = try await Connection.connect(to: listener.address)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(7), &limit)
      let usual = limit.rlim_cur
      limit.rlim_cur = 1
      try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)

      // When a copy wants a pipe and a connection wants to be accepted.
      let accepting = Task { try await listener.accept() }
      let report = try await Rig.attempt(source.endpoint, sink.endpoint).get()
      try await Rig.until("the listener pauses twice") { listener.pausesForLackOfDescriptors >= 2 }

      // Then the copy went through buffers, and accepting goes on when the limit is lifted.
      #expect(report.bytesByRoute == [.buffered: original.count])
      #expect(report.declined.contains { $0.reason.contains("\(Errno.tooManyOpenFiles)") }, "\(report)")
      limit.rlim_cur = usual
      setrlimit(__rlimit_resource_t(7), &limit)
      let accepted = try await accepting.value
      try await client.write([7])
      #expect(try await accepted.read() == [7])
      #expect(try await sink.received() == original)
    }
  }
}
