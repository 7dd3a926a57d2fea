import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

/// Where a stream socket gives less than it has: the engine must not take that for "empty" and wait for an edge that is
/// spent.
@Suite("A stream with a boundary in it", .serialized)
struct BoundaryTests {
  static let routes: [RouteChoice] = [.automatic, .only(.buffered), .only(.pipedSplice)]

  /// Not by splice alone: the kernel's splice never gets past the mark.
  @Test("made by urgent data (tcp(7)) is read on behind it", arguments: [RouteChoice.automatic, .only(.buffered)])
  func urgent(_ routes: RouteChoice) async throws {
    let (end, peer) = try PlainPair.tcp()
    try await expectReadThrough(end, routes) {
      try peer.write([1, 2, 3])
      let urgent: [UInt8] = [99]
      guard send(peer.number, urgent, 1, Int32(MSG_OOB)) == 1 else { throw PlainFailure(call: "send") }
      try peer.write([4, 5, 6])
    }
  }

  @Test("made by a descriptor that was passed along (unix(7)) is read on behind it", arguments: routes)
  func passedDescriptor(_ routes: RouteChoice) async throws {
    let (end, peer) = try PlainPair.unix()
    try await expectReadThrough(end, routes) {
      try peer.sendWithDescriptor([1, 2, 3], 0)
      try peer.write([4, 5, 6])
    }
  }

  /// Lets a copy wait, has `send` do its sends while the reactor is held up, so that all of them are one edge, and
  /// expects six bytes.
  private func expectReadThrough(
    _ end: Int32, _ routes: RouteChoice, _ send: @escaping @Sendable () throws -> Void
  ) async throws {
    try await Rig.onReactor { reactor in
      let source = try Connection(taking: FileDescriptor(rawValue: end))
      let sink = try WatchedSink(.unix)
      let options = CopyOptions(limit: 6, deadline: .now + .seconds(1), routes: routes)
      let copying = reactor.task { await Rig.attempt(source, sink.endpoint, options) }
      try await Rig.untilWaiting(on: reactor)
      try await reactor.task { try send() }.value

      let result = try await copying.value

      #expect(throws: Never.self) { try result.get() }
      #expect(try await sink.received() == [1, 2, 3, 4, 5, 6])
      source.close()
    }
  }
}

extension PlainDescriptor {
  /// Sends bytes with a descriptor beside them. unix(7), SCM_RIGHTS
  fileprivate func sendWithDescriptor(_ bytes: [UInt8], _ passed: Int32) throws {
    var bytes = bytes
    // A cmsghdr of 16 bytes, the descriptor, and padding to 8 bytes: CMSG_SPACE(4).
    var control = [UInt8](repeating: 0, count: 24)
    control.withUnsafeMutableBytes { control in
      control.storeBytes(of: 20, as: Int.self)
      control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
      control.storeBytes(of: 1, toByteOffset: 12, as: Int32.self)
      control.storeBytes(of: passed, toByteOffset: 16, as: Int32.self)
    }
    let count = bytes.withUnsafeMutableBytes { bytes in
      var vector = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
      return control.withUnsafeMutableBytes { control in
        withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_iov = vector
          message.msg_iovlen = 1
          message.msg_control = control.baseAddress
          message.msg_controllen = control.count
          return sendmsg(number, &message, 0)
        }
      }
    }
    guard count == bytes.count else { throw PlainFailure(call: "sendmsg") }
  }
}
