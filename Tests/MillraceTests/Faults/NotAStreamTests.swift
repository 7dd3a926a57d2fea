import Glibc
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("What is no stream")
struct NotAStreamTests {
  enum Kind: CaseIterable, Sendable {
    case datagram, seqpacket, unixDatagram, listening

    func make() throws -> PlainDescriptor {
      switch self {
      case .datagram: return PlainDescriptor(try Linux.socket(SocketFamily.v4, SocketType.datagram))
      case .seqpacket: return try Self.pair(SocketType.seqpacket)
      case .unixDatagram: return try Self.pair(SocketType.datagram)
      case .listening:
        let socket = PlainDescriptor(try Linux.socket(SocketFamily.v4, SocketType.stream))
        try Linux.bind(socket.number, to: Address.loopback(port: 0).raw)
        try Linux.listen(socket.number, backlog: 1)
        return socket
      }
    }

    private static func pair(_ type: Int32) throws -> PlainDescriptor {
      let (first, second) = try Linux.socketPair(type)
      close(second)
      return PlainDescriptor(first)
    }
  }

  @Test("is no connection", arguments: Kind.allCases)
  func noConnection(_ kind: Kind) throws {
    let socket = try kind.make()
    let flags = fcntl(socket.number, F_GETFL)
    let error = #expect(throws: EndpointError.self) {
      try Connection(lending: FileDescriptor(rawValue: socket.number))
    }
    #expect(error?.reason == "its socket carries messages, not a stream")
    #expect(throws: EndpointError.self) { try Connection(taking: FileDescriptor(rawValue: socket.number)) }
    #expect(fcntl(socket.number, F_GETFL) == flags)
  }

  @Test("is neither a source nor a sink, even as a file", arguments: Kind.allCases)
  func noEnd(_ kind: Kind) async throws {
    try await Rig.onReactor { _ in
      let socket = try kind.make()
      let file = File(lending: FileDescriptor(rawValue: socket.number))
      let (first, second) = try Connection.pair()
      for (side, result) in [
        (CopyError.Side.source, await Rig.attempt(file, first)), (.sink, await Rig.attempt(Bytes("x"), file)),
      ] {
        guard case .failure(let error) = result, case .unsupported(let reason) = error.cause else {
          throw Missing("\(kind): \(result)")
        }
        #expect(error.side == side)
        #expect(reason.contains("messages"))
        #expect(error.residue.count == error.report.consumed)
      }
      first.close()
      second.close()
    }
  }

  @Test("is a directory")
  func directory() async throws {
    try await Rig.onReactor { _ in
      let folder = try TempFolder()
      let file = try await File.open(FilePath(folder.path))
      let (first, second) = try Connection.pair()
      let result = await Rig.attempt(file, first)
      guard case .failure(let error) = result else { throw Missing("a directory was copied") }
      #expect(error.description == "the source cannot be copied from: it is a directory (0 bytes delivered)")
      for end in [first, second] { end.close() }
      file.close()
    }
  }

  @Test("is no pipe, when it is a file or a socket")
  func noPipe() throws {
    let file = PlainDescriptor(try PlainFile.make([]))
    let (end, _) = try PlainPair.unix()
    let socket = PlainDescriptor(end)
    for number in [file.number, socket.number] {
      let error = #expect(throws: EndpointError.self) { try PipeEnd(taking: FileDescriptor(rawValue: number)) }
      #expect(error?.description == "cannot use descriptor \(number): it is not a pipe; File takes anything")
    }
  }

  @Test("is not even open")
  func notOpen() async throws {
    let number: Int32 = 1 << 20
    #expect(throws: EndpointError.self) { try Connection(taking: FileDescriptor(rawValue: number)) }
    #expect(throws: EndpointError.self) { try PipeEnd(taking: FileDescriptor(rawValue: number)) }
    let result = await Rig.attempt(
      File(lending: FileDescriptor(rawValue: number)), File(lending: FileDescriptor(rawValue: number)))
    guard case .failure(let error) = result else { throw Missing("it was copied") }
    #expect(error.side == .source)
    #expect(error.errno == .badFileDescriptor)
  }

  @Test("is the same file on both sides, where the ranges meet")
  func sameFile() async throws {
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(1000))))
    for (source, sink) in [(0, 0), (0, 999), (500, 400)] {
      let result = await Rig.attempt(
        file.section(offset: Int64(source)), file.section(offset: Int64(sink)), CopyOptions(limit: 1000))
      guard case .failure(let error) = result, case .sameFile = error.cause else {
        throw Missing("\(source) → \(sink): \(result)")
      }
      #expect(error.report.consumed == 0)
    }
    // Where they do not meet it is a copy like any other.
    try await Millrace.copy(from: file.section(offset: 0, length: 500), to: file.section(offset: 500))
    #expect(try PlainFile.contents(of: file.fileDescriptor.rawValue) == Pattern.bytes(500) + Pattern.bytes(500))
    file.close()
  }
}
