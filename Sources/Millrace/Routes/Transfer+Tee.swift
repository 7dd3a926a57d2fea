import LinuxCalls
import SystemPackage

final class TeeBranch {
  var report: CopyReport.TeeReport { .init() }
  var isOverfull: Bool { false }
  func keep(_ bytes: RawSpan, from: Int) {}
  func advanced(_ n: Int) {}
}
enum TeeFeed { case ready(Int), wait(Transfer.Step) }
extension Transfer {
  func openTees() async throws(CopyFailure) {}
  func finishTees() async throws(CopyFailure) {}
  func waitForTee(_ index: Int) async throws(CopyFailure) {}
  func feedTees(from: Int32, held: Int) -> TeeFeed { .ready(held) }
  func reasonAgainstTee(_ route: Route, _ source: KernelEnd, _ sink: KernelEnd) -> String? { nil }
}
