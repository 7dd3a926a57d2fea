import Dispatch
import Foundation
import Glibc
import LinuxCalls
import Synchronization
import Testing

@testable import millrace

@Suite("The log on its way to standard error", .timeLimit(.minutes(8)))
struct LogOutputTests {
  private final class Written: Sendable {
    let gate = DispatchSemaphore(value: 0)
    private let bytes = Guarded<[UInt8]>([])
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func write(_ more: [UInt8]) {
      gate.wait()
      bytes.withLock { $0 += more }
    }
  }

  /// given a reader that takes nothing; when the log is to be written to its end; then that is given up after a while; and
  /// once the reader takes something, all of it is written.
  @Test("is written to its end, but nobody waits for that for ever")
  func deadline() {
    let written = Written()
    let output = LogOutput { written.write($0) }
    output.add("one")
    output.flush(within: .milliseconds(20))
    #expect(written.text.isEmpty)
    output.add("two")
    for _ in 0..<2 { written.gate.signal() }
    output.flush(within: .seconds(60))
    #expect(written.text == "one\ntwo\n")
  }

  /// given a relay whose standard error is a pipe that is full and that nobody reads; when it is told to end, or cannot
  /// listen; then it ends.
  @Test("does not keep a relay from ending when nobody reads it", arguments: [true, false])
  func fullPipe(canListen: Bool) async throws {
    let place = try Scratch()
    let pipe = Pipe()
    let number = pipe.fileHandleForWriting.fileDescriptor
    let flags = try Linux.flags(of: number)
    try Linux.setFlags(of: number, to: flags.union(.nonBlocking))
    while write(number, [UInt8](repeating: 0, count: 4096), 4096) > 0 {}
    // Of the open file, which is the program's, too.
    try Linux.setFlags(of: number, to: flags)
    let path = place.path("socket")
    if !canListen { try place.write("socket", Data()) }
    let relay = try Running(
      ["relay", "--listen", "unix:\(path)", "--to", "tcp://127.0.0.1:1", "--reactors", "1"],
      errors: pipe.fileHandleForWriting, in: place)
    if canListen {
      #expect(try await relay.wait(until: { place.names == ["socket"] }))
      relay.send(SIGTERM)
    }
    let result = await relay.result()
    #expect(relay.ending?.isExit == true)
    #expect(result.status == (canListen ? 0 : 1))
    #expect(place.names == (canListen ? [] : ["socket"]))
    try pipe.fileHandleForReading.close()
  }
}
