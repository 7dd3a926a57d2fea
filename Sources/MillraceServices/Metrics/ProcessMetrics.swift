import LinuxCalls
import Synchronization

/// What the kernel knows of this process, under the names that Prometheus' client libraries have for it
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics). Read whenever the text is written; what
/// cannot be read is left out.
package final class ProcessMetrics: Sendable {
  private let clockTicks: Int
  private let pageSize: Int
  private let contents: @Sendable (String) -> [UInt8]?
  private let countEntries: @Sendable (String) -> Int?
  private let started = Guarded<Double?>(nil)

  /// - Parameters:
  ///   - clockTicks: Ticks a second, in which the kernel gives times: `sysconf(_SC_CLK_TCK)`.
  ///   - pageSize: Bytes a page: `sysconf(_SC_PAGESIZE)`.
  ///   - read: The whole content of the file at a path, or nil.
  ///   - countEntries: How many entries the directory at a path has besides `.` and `..`, or nil.
  package init(
    clockTicks: Int, pageSize: Int, read contents: @escaping @Sendable (String) -> [UInt8]?,
    countEntries: @escaping @Sendable (String) -> Int?
  ) {
    self.clockTicks = clockTicks
    self.pageSize = pageSize
    self.contents = contents
    self.countEntries = countEntries
  }

  static let help = [
    "process_cpu_seconds_total": "CPU time of the process, its own and the kernel's for it, in seconds.",
    "process_max_fds": "How many file descriptors the process may have open.",
    "process_open_fds": "File descriptors that the process has open.",
    "process_resident_memory_bytes": "Memory of the process that is in RAM, in bytes.",
    "process_start_time_seconds": "When the process started, in seconds since 1970.",
    "process_virtual_memory_bytes": "Address space of the process, in bytes.",
  ]

  func read() -> [PrometheusSample] {
    var samples: [PrometheusSample] = []
    func gauge(_ name: String, _ value: Double) {
      samples.append(PrometheusSample(key: Self.key(name), value: .gauge(PrometheusNumber(value))))
    }
    if let stat = contents("/proc/self/stat").flatMap(ProcessFiles.stat) {
      gauge("process_virtual_memory_bytes", stat.virtualBytes)
      if pageSize > 0 { gauge("process_resident_memory_bytes", stat.residentPages * Double(pageSize)) }
      if clockTicks > 0 {
        let seconds = PrometheusNumber((stat.userTicks + stat.systemTicks) / Double(clockTicks))
        samples.append(PrometheusSample(key: Self.key("process_cpu_seconds_total"), value: .counter(seconds)))
        if let start = start(stat.startTicks) { gauge("process_start_time_seconds", start) }
      }
    }
    if let count = countEntries("/proc/self/fd") { gauge("process_open_fds", Double(count)) }
    if let limit = contents("/proc/self/limits").flatMap(ProcessFiles.openFileLimit) { gauge("process_max_fds", limit) }
    return samples
  }

  private static func key(_ name: String) -> PrometheusKey { PrometheusKey(family: name, labels: .none) }

  /// Found out once: the kernel works out anew when it booted whenever its clock is set, and a start time that moves reads as
  /// a restart. Nor is `/proc/stat` cheap, where all interrupts of a large machine are summed up.
  private func start(_ ticks: Double) -> Double? {
    if let known = started.withLock({ $0 }) { return known }
    guard let boot = contents("/proc/stat").flatMap(ProcessFiles.bootTime) else { return nil }
    let start = boot + ticks / Double(clockTicks)
    started.withLock { $0 = start }
    return start
  }
}
