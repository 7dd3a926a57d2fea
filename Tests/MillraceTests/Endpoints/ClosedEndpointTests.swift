import Glibc
import LinuxCalls
@testable import Millrace
import SystemPackage
import Testing

@Suite("An endpoint that was closed")
struct ClosedEndpointTests {
  /// given a connection that was closed, and its number, which is someone else's now; when it is asked to do something;
  /// then it refuses, and the stranger is left alone.
  ///
  /// In a process of its own, where nobody else takes the number.
  @Test("touches nobody who got its number")
  func stranger() async {
    await #expect(processExitsWith: .success) {
      let (connection, _) = try Connection.pair()
      let number = connection.descriptor.number
      connection.close()
      try #require(Descriptors.name(of: number) == nil)
      let (near, far) = try Linux.socketPair(SocketType.stream)
      try #require(dup2(near, number) == number)
      if near != number { try Linux.close(near) }

      let error = #expect(throws: EndpointError.self) { try connection.finishWriting() }
      connection.reset()
      connection.close()

      #expect(error?.errno == .badFileDescriptor)
      #expect(connection.localAddress == nil)
      #expect(connection.remoteAddress == nil)
      #expect(Descriptors.name(of: number) != nil)
      try Linux.setFlags(of: far, to: .nonBlocking)
      // The stranger's writing end is open: a read has nothing yet, and finds no end.
      #expect(throws: Errno.wouldBlock) {
        try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { room in try Linux.receive(far, into: room) }
      }
    }
  }

  @Test("as a pipe has no capacity")
  func pipe() throws {
    let (reading, writing) = try PipeEnd.pair()
    #expect(reading.capacity == 65536)
    reading.close()
    writing.close()
    #expect(reading.capacity == 0)
  }

  /// given a file or a connection that was closed before the copy began; when it is copied from, or to; then the error
  /// says that it was closed, and not that some number is no descriptor.
  @Test("is called closed by a copy that begins too late", arguments: [true, false])
  func late(isSource: Bool) async throws {
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make([1, 2, 3])))
    file.close()
    let (connection, peer) = try Connection.pair()
    let error = await #expect(throws: CopyError.self) {
      if isSource { try await copy(from: file, to: connection) } else { try await copy(from: Bytes("x"), to: file) }
    }
    guard case .closed? = error?.cause else { Issue.record("\(String(describing: error))"); return }
    #expect(error?.side == (isSource ? .source : .sink))
    connection.close()
    peer.close()
  }
}
