/// What a scrubbing did.
///
/// It names files by their paths as they were, and is not made to be shared.
public struct ScrubSummary: Sendable, Equatable {
  /// A file that was not copied.
  public struct Refusal: Sendable, Equatable {
    /// Its path.
    public var path: String
    /// Why, to be read behind the path: "it is not UTF-8 text, and no pcap or pcapng capture".
    public var reason: String

    /// One sentence: "trace.gz is refused: it is compressed (gzip); unpack it first".
    public var sentence: String { "\(path) is refused: \(reason)" }
  }

  /// How many files were written.
  public internal(set) var filesWritten = 0
  /// Their size together, in bytes.
  public internal(set) var bytesWritten = 0
  /// How often each kind was replaced, in files and their names.
  public internal(set) var counts = ScrubCounts()
  /// What was not written, in the order it was met.
  public internal(set) var refusals: [Refusal] = []
}
