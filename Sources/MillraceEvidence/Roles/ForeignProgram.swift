import Foundation
import LinuxCalls
import Synchronization
import SystemPackage

/// Somebody else's program, which cannot be told to end with the harness: this process ends it, when the harness does.
enum ForeignProgram {
  static func run(_ command: String, log: String, _ link: RoleLink) async throws {
    // What it leaves behind when it ends, as a daemon does, is this process's, and ends with it.
    try Linux.adoptOrphans()
    let (said, say) = AsyncStream.makeStream(of: RoleAnswer.self)
    // One thread starts it and waits for its end: a program may have asked to be killed when the thread that started it ends
    // (PR_SET_PDEATHSIG, prctl(2)).
    Thread.detachNewThread {
      do throws(Errno) {
        let process = try start(command, log)
        say.yield(.ready(port: nil, process: process))
        let end = try Linux.wait(for: process)
        say.yield(.ended("\(end)"))
      } catch {
        say.yield(.failed("it cannot be started: \(error)"))
      }
    }
    Task { for await answer in said { try? await link.answer(answer) } }
    defer { ProcessTree.endDescendants(of: Linux.process) }
    try await link.forEachCommand { _ in }
  }

  private static func start(_ command: String, _ log: String) throws(Errno) -> Int32 {
    let texts = ["sh", "-c", "exec >\"$0\" 2>&1 </dev/null; \(command)", log]
    return try Linux.spawn(
      "/bin/sh", arguments: texts.flatMap { Array($0.utf8) + [0] },
      environment: try Linux.contents(ofPath: "/proc/self/environ"), descriptors: [])
  }
}
