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
}
