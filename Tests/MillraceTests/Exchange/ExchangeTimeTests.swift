import Glibc
import Millrace
import Testing

@Suite("An exchange whose time is up", .serialized)
struct ExchangeTimeTests {
  static let limits: [Interruption] = [.deadline, .idle]

  private func options(_ interruption: Interruption) -> CopyOptions {
    var options = interruption.options()
    options.passesEnd = true
    return options
  }

  private func expect(_ direction: Result<CopyReport, CopyError>, endedBy interruption: Interruption) throws
    -> CopyError
  {
    guard case .failure(let error) = direction else { throw Missing("\(direction)") }
    #expect(error.side == .copy)
    #expect(interruption.isCause(error.cause), "\(error)")
    #expect(error.report.consumed == error.report.delivered + error.residue.count)
    return error
  }

  /// given an exchange nobody talks on; when its time is up; then both directions end for that reason.
  @Test("ends in both directions where both wait for their source", arguments: limits)
  func silent(_ interruption: Interruption) async throws {
    let joined = try await Joined(options(interruption))
    let report = try await joined.end()
    for direction in [report.forth, report.back] {
      let error = try expect(direction, endedBy: interruption)
      #expect(error.report.consumed == 0)
    }
    #expect(report.failure.map { interruption.isCause($0.cause) } == true)
    // Neither peer was told of an end by the exchange itself.
    joined.client.close()
    joined.server.close()
  }

  /// given a server that takes nothing, so that one direction waits with bytes in its hands; when the time is up; then what
  /// it delivered, its residue and what is left in the connection make the client's bytes.
  @Test("gives back what waits for a sink", arguments: limits)
  func stalled(_ interruption: Interruption) async throws {
    let original = Pattern.bytes(8 << 20)
    let joined = try await Joined(options(interruption))
    joined.client.feed(original)
    _ = try await joined.exchanging.value
    let rest = try await readAll(from: joined.front)
    let report = try await joined.end()
    let forth = try expect(report.forth, endedBy: interruption)
    _ = try expect(report.back, endedBy: interruption)
    let received = try joined.server.read()
    #expect(received.count == forth.report.delivered)
    #expect(Pattern.difference(received + forth.residue.array + rest, original) == nil)
  }
}
