/// Where a run was made: `environment.json`. Nothing of it names a person or a machine.
public struct BenchEnvironment: Codable, Sendable, Equatable {
  /// `millrace-bench-environment`, in every file.
  public var schema = "millrace-bench-environment"
  /// The number of the schema.
  public var version = 1
  /// The kernel's release, such as `6.18.5`.
  public var kernel: String
  /// The machine's architecture, such as `x86_64`.
  public var architecture: String
  /// The processor's model, as /proc/cpuinfo has it.
  public var processor: String
  /// Processors that the run could use.
  public var cores: Int
  /// Bytes of memory.
  public var memory: Int
  /// What bounds the run: `RLIMIT_NOFILE`, `pipe-max-size`, `somaxconn`, and the like.
  public var limits: [String: String]
  /// What shapes it: the congestion control, transparent huge pages, the frequency governor, where they can be read.
  public var settings: [String: String]
  /// Versions of what took part, by name: `swift`, `go`, `nginx`, …
  public var versions: [String: String]

  /// - Parameters: as the fields.
  public init(
    kernel: String, architecture: String, processor: String, cores: Int, memory: Int, limits: [String: String],
    settings: [String: String], versions: [String: String]
  ) {
    self.kernel = kernel
    self.architecture = architecture
    self.processor = processor
    self.cores = cores
    self.memory = memory
    self.limits = limits
    self.settings = settings
    self.versions = versions
  }

  /// What is not as it was there: a sentence each.
  func differences(from old: BenchEnvironment) -> [String] {
    func pairs(_ environment: BenchEnvironment) -> [String: String] {
      let facts = [
        "kernel": environment.kernel, "architecture": environment.architecture, "processor": environment.processor,
        "cores": "\(environment.cores)", "memory": "\(environment.memory) bytes",
      ]
      return [
        ("limit ", environment.limits), ("setting ", environment.settings), ("version of ", environment.versions),
      ]
      .reduce(into: facts) { all, named in
        for (name, value) in named.1 { all[named.0 + name] = value }
      }
    }
    let (before, after) = (pairs(old), pairs(self))
    return Set(before.keys).union(after.keys).sorted().compactMap { name in
      before[name] == after[name]
        ? nil : "\(name): \(before[name] ?? "unknown") before, \(after[name] ?? "unknown") after"
    }
  }
}
