import LinuxCalls
import Reactors

/// System calls and CPU of the stretches between two suspensions.
struct TurnMeter {
  private var calls = SystemCallCounts()
  private var cpu: Int64 = 0

  /// Begins on a reactor. What the last copy read when it ended its turn serves again if this job came right after.
  mutating func begin(on reactor: Reactor, measuresCPU: Bool) {
    calls = .ofThisThread
    if measuresCPU { cpu = reactor.cpuMark ?? Linux.threadCPU }
  }

  func end(on reactor: Reactor, into ledger: inout Ledger, measuresCPU: Bool) {
    ledger.calls.add(from: calls, to: .ofThisThread)
    guard measuresCPU else { return }
    let now = Linux.threadCPU
    ledger.cpu += now - cpu
    reactor.markCPU(now)
  }

  /// Begins on a thread of the blocking pool.
  mutating func begin(measuresCPU: Bool) {
    calls = .ofThisThread
    if measuresCPU { cpu = Linux.threadCPU }
  }

  func end(into ledger: inout Ledger, measuresCPU: Bool) {
    ledger.calls.add(from: calls, to: .ofThisThread)
    if measuresCPU { ledger.cpu += Linux.threadCPU - cpu }
  }
}
