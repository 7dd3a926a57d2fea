import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A pipe")
struct PipeEndTests {
  @Test("has the capacity asked for, or the kernel's 64 KiB")
  func capacity() throws {
    let usual = try PipeEnd.pair()
    #expect(usual.reading.capacity == 65536)
    let large = try PipeEnd.pair(capacity: 300_000)
    #expect(large.writing.capacity == 524288)
    for end in [usual.reading, usual.writing, large.reading, large.writing] { end.close() }
    #expect(usual.reading.capacity == 0)
  }

  @Test("passes bytes and its end from one side to the other")
  func passes() async throws {
    let pipe = try PipeEnd.pair()
    let options = CopyOptions(passesEnd: true)
    async let arrived = readAll(from: pipe.reading)
    let report = try await Millrace.copy(from: Bytes(Pattern.bytes(500_000)), to: pipe.writing, options: options)
    #expect(report.delivered == 500_000)
    #expect(Pattern.difference(try await arrived, Pattern.bytes(500_000)) == nil)
    pipe.reading.close()
  }

  @Test("whose reader is gone fails its writer with EPIPE, and does not raise SIGPIPE")
  func broken() async throws {
    let pipe = try PipeEnd.pair()
    pipe.reading.close()
    let result = await Rig.attempt(Bytes("nobody reads this"), pipe.writing)
    guard case .failure(let error) = result else { throw Missing("\(result)") }
    #expect(error.side == .sink)
    #expect(error.errno == .brokenPipe)
    #expect(error.residue.array == Array("nobody reads this".utf8))
    pipe.writing.close()
  }

  @Test("that is taken over is closed, and one that is lent is not")
  func ownership() throws {
    let (end, peer) = try PlainPair.pipeToEngine()
    let name = try #require(Descriptors.name(of: peer.number))
    PipeEnd(lending: FileDescriptor(rawValue: end)).close()
    #expect(Descriptors.stillOpen([name]).count == 2)
    let taken = try PipeEnd(taking: FileDescriptor(rawValue: end))
    #expect(try Linux.flags(of: end).contains(.nonBlocking))
    taken.close()
    #expect(Descriptors.stillOpen([name]).count == 1)
    peer.close()
  }
}
