import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A refusal of the kernel", .serialized)
struct RememberedRefusalTests {
  static let lasting: [Errno] = [.improperLink, .noFunction, .notSupportedOnSocket]
  static let passing: [Errno] = [.invalidArgument, .noMemory, .ioError]

  /// Copies twice between files of the same device, with a fault that strikes once. Answers both reports, and how often
  /// the refused call was made the second time.
  private func copyTwice(_ errno: Errno) async throws -> (CopyReport, CopyReport) {
    try await Rig.onReactor { _ in
      func copyOnce(_ errno: Errno?) async throws -> CopyReport {
        let source = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(100_000))))
        let sink = File(taking: FileDescriptor(rawValue: try PlainFile.make([])))
        let token = errno.map {
          Faults.shared.arm(.init(.copyFileRange, on: sink.fileDescriptor.rawValue, .error($0)))
        }
        defer { token.map { _ = Faults.shared.disarm($0) } }
        let report = try await Millrace.copy(from: source, to: sink)
        #expect(try PlainFile.contents(of: sink.fileDescriptor.rawValue) == Pattern.bytes(100_000))
        source.close()
        sink.close()
        return report
      }
      return (try await copyOnce(errno), try await copyOnce(nil))
    }
  }

  @Test("that will last is paid once for a pair of devices, and told each time", arguments: lasting)
  func paidOnce(_ errno: Errno) async throws {
    let (first, second) = try await copyTwice(errno)

    #expect(first.systemCalls["copy_file_range"] == 1)
    #expect(second.systemCalls["copy_file_range"] == nil)
    #expect(first.declined.first { $0.route == .copyFileRange } == second.declined.first { $0.route == .copyFileRange })
    #expect(second.declined.contains { $0.route == .copyFileRange })
  }

  @Test("that may pass is tried again", arguments: passing)
  func triedAgain(_ errno: Errno) async throws {
    let (_, second) = try await copyTwice(errno)

    #expect(second.mainRoute == .copyFileRange)
    #expect(second.declined.isEmpty)
  }
}
