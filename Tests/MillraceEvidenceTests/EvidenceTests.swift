import Foundation
import Millrace
import MillraceEvidence
import Reactors
import SystemPackage
import Testing

@Suite("What a test can count", .serialized, .timeLimit(.minutes(8)))
struct EvidenceTests {
  /// given a file that is sent to a socket again and again; then each time is one sendfile, by that route alone, and the figures
  /// can be attached.
  @Test("says which route the bytes took, and what each operation takes")
  func download() async throws {
    let reactors = try Reactors(count: 1)
    let reactor = reactors.all[0]
    let path = FilePath("\(NSTemporaryDirectory())/evidence-\(UUID().uuidString)")
    try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path.string))
    defer { try? FileManager.default.removeItem(atPath: path.string) }
    let (file, one, other) = try await reactor.task {
      let (one, other) = try Connection.pair()
      return (try await File.open(path), one, other)
    }.value
    let figures = try await Evidence.count(on: reactors, operations: 8) {
      let report = try await reactor.task {
        let report = try await copy(
          from: file.section(offset: 0, length: 4096), to: one, options: CopyOptions(measuresCPU: false))
        var left = report.delivered
        while left > 0 { left -= try await other.read().count }
        return report
      }.value
      #expect(report.bytesByRoute == [.sendfile: 4096])
    }
    #expect(figures.operations == 8)
    #expect(figures.routes == ["sendfile": 8 * 4096])
    #expect(figures.each("sendfile") == 1)
    #expect(figures.each("splice") == 0)
    // Of the whole process, in which other tests run beside this one.
    if let allocations = figures.allocationsEach { #expect(allocations > 0) }
    let json = try figures.json()
    #expect(try JSONDecoder().decode(ExactFigures.self, from: Data(json)) == figures)
    Attachment.record(json, named: "download.json")
    file.close()
    one.close()
    other.close()
    await reactors.shutdown()
  }

  /// given nothing to do; then asking costs nothing that is told.
  @Test("counts nothing where nothing was done")
  func nothing() async throws {
    let reactors = try Reactors(count: 2)
    let figures = try await Evidence.count(on: reactors, operations: 3) {}
    #expect(figures.routes.isEmpty)
    #expect(figures.systemCalls.values.allSatisfy { $0 <= 2 }, "\(figures.systemCalls)")
    await reactors.shutdown()
  }

  @Test("gives back its turn when what it counts fails")
  func fails() async throws {
    struct Broken: Error {}
    let reactors = try Reactors(count: 1)
    await #expect(throws: Broken.self) { _ = try await Evidence.count(on: reactors) { throw Broken() } }
    _ = try await Evidence.count(on: reactors) {}
    await reactors.shutdown()
  }
}
