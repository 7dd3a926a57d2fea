import CoreMetrics
import Metrics
@testable import MillraceServices
import Synchronization
import Testing

@Suite("The metrics of the process")
struct ProcessMetricsTests {
  private static let stat = """
    4711 (a (b) c) d) S 1 2 2 0 -1 4194304 104 0 7 0 250 50 9 8 20 0 3 0 12345 3133440 414 18446744073709551615 9 9 9 0 0

    """
  private static let files = [
    "/proc/self/stat": stat,
    "/proc/stat": "cpu  1 2 3\ncpu0 1 2 3\nintr 99 btime 5\nctxt 7\nbtime 1700000000\nprocesses 12\n",
    "/proc/self/limits": """
    Limit                     Soft Limit           Hard Limit           Units
    Max processes             96365                96365                processes
    Max open files            1024                 524288               files
    Max locked memory         8388608              8388608              bytes

    """,
  ]

  private static func process(
    _ files: [String: String] = files, descriptors: Int? = 5, clockTicks: Int = 100, pageSize: Int = 4096
  ) -> ProcessMetrics {
    ProcessMetrics(
      clockTicks: clockTicks, pageSize: pageSize, read: { files[$0].map { Array($0.utf8) } },
      countEntries: { $0 == "/proc/self/fd" ? descriptors : nil })
  }

  @Test("are read from files of the kernel, and stand among the others in their order")
  func fixture() throws {
    let metrics = PrometheusMetrics(help: ["process_open_fds": "Mine."])
    Counter(label: "process_jobs", factory: metrics).increment()
    Counter(label: "zebra", factory: metrics).increment()
    let text = metrics.text(with: Self.process())
    let expected = """
      # HELP process_cpu_seconds_total \(ProcessMetrics.help["process_cpu_seconds_total"] ?? "")
      # TYPE process_cpu_seconds_total counter
      process_cpu_seconds_total 3
      # TYPE process_jobs counter
      process_jobs 1
      # HELP process_max_fds \(ProcessMetrics.help["process_max_fds"] ?? "")
      # TYPE process_max_fds gauge
      process_max_fds 1024
      # HELP process_open_fds Mine.
      # TYPE process_open_fds gauge
      process_open_fds 5
      # HELP process_resident_memory_bytes \(ProcessMetrics.help["process_resident_memory_bytes"] ?? "")
      # TYPE process_resident_memory_bytes gauge
      process_resident_memory_bytes 1695744
      # HELP process_start_time_seconds \(ProcessMetrics.help["process_start_time_seconds"] ?? "")
      # TYPE process_start_time_seconds gauge
      process_start_time_seconds 1700000123.45
      # HELP process_virtual_memory_bytes \(ProcessMetrics.help["process_virtual_memory_bytes"] ?? "")
      # TYPE process_virtual_memory_bytes gauge
      process_virtual_memory_bytes 3133440
      # TYPE zebra counter
      zebra 1

      """
    #expect(String(decoding: text, as: UTF8.self) == expected)
    #expect(try Exposition(text).help.count == 6)
  }

  @Test("leave a name to whoever has it")
  func taken() throws {
    let metrics = PrometheusMetrics()
    Counter(label: "process_open_fds", factory: metrics).increment(by: 77)
    let read = try Exposition(metrics.text(with: Self.process()))
    #expect(read.value("process_open_fds") == "77")
    #expect(read.value("process_max_fds") == "1024")
  }

  @Test("leave out what cannot be read", arguments: files.keys.sorted())
  func unreadable(path: String) throws {
    for content in [nil, "", "no sense", "9 (x) S 1", "btime\nbtime x\n", "Max open files"] {
      var files = Self.files
      files[path] = content
      let names = Set(Self.process(files).read().map(\.key.family))
      let lost: Set<String> =
        switch path {
        case "/proc/stat": ["process_start_time_seconds"]
        case "/proc/self/limits": ["process_max_fds"]
        default:
          [
            "process_cpu_seconds_total", "process_start_time_seconds", "process_resident_memory_bytes",
            "process_virtual_memory_bytes",
          ]
        }
      #expect(names == Set(ProcessMetrics.help.keys).subtracting(lost), "\(content ?? "nothing")")
    }
    #expect(Self.process([:], descriptors: nil).read().isEmpty)
  }

  @Test("leave out what has no unit", arguments: [0, -1])
  func unitless(unit: Int) {
    let names = Self.process(clockTicks: unit, pageSize: unit).read().map(\.key.family).sorted()
    #expect(names == ["process_max_fds", "process_open_fds", "process_virtual_memory_bytes"])
  }

  /// given a clock that is set back between two readings; then the process has not started once more.
  @Test("tell one start for good")
  func start() {
    let boots = Mutex(0)
    let process = ProcessMetrics(
      clockTicks: 100, pageSize: 4096,
      read: { path in
        guard path == "/proc/stat" else { return Self.files[path].map { Array($0.utf8) } }
        let boot = boots.withLock {
          $0 += 1
          return $0
        }
        // Once it cannot be read: that is not kept.
        return boot == 1 ? nil : Array("btime \(1000 * boot)\n".utf8)
      }, countEntries: { _ in nil })
    let metrics = PrometheusMetrics()
    let starts = (0..<4).map { _ in
      (try? Exposition(metrics.text(with: process)))?.value("process_start_time_seconds")
    }
    #expect(starts == [nil, "2123.45", "2123.45", "2123.45"])
  }

  @Test(
    "take the soft limit of descriptors, whatever it is",
    arguments: [
      ("Max open files            unlimited            unlimited            files\n", .infinity),
      ("Max open files            20000                unlimited            files", 20000),
      ("Max open files            -1                   5                    files\n", nil),
      ("Max open filesystems      7                    5                    files\n", nil),
    ] as [(String, Double?)])
  func limits(content: String, limit: Double?) { #expect(ProcessFiles.openFileLimit(Array(content.utf8)) == limit) }

  @Test("read a program's name that is no text")
  func bytes() {
    let content =
      Array("1 (".utf8) + [0xff, 0x20, 0x29, 0x0a, 0xfe] + Array(Self.stat.utf8.drop { $0 != UInt8(ascii: ")") })
    #expect(ProcessFiles.stat(content) == ProcessFiles.stat(Array(Self.stat.utf8)))
    #expect(ProcessFiles.stat(content)?.startTicks == 12345)
  }
}
