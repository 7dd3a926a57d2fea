/// Why nothing is scrubbed.
public enum ScrubError: Error, Equatable, CustomStringConvertible {
  /// The output would be scrubbed as well, or the input overwritten.
  case outputInsideInput(output: String, input: String)
  /// The output directory cannot be made or used.
  case cannotUseOutput(String, reason: String)
  /// A name to look for is of no use.
  case unusableName(String, reason: String)
  /// The task was cancelled. Copies that were whole by then are in place.
  case cancelled

  /// One sentence.
  public var description: String {
    switch self {
    case .outputInsideInput(let output, let input):
      "the output \(output) is inside the input \(input); choose a directory that is not"
    case .cannotUseOutput(let path, let reason): "cannot write into \(path): \(reason)"
    case .unusableName(let name, let reason): "cannot look for \"\(name)\": \(reason)"
    case .cancelled: "stopped; the files that were whole are in place"
    }
  }
}
