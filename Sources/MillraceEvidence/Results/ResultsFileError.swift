/// Why a file of results could not be read or written, in one sentence.
public enum ResultsFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// It is not there, may not be read, or is no file.
  case unreadable(path: String, reason: String)
  /// It is not JSON, or something in it is not what it has to be: cut off, or changed by hand.
  case damaged(path: String, reason: String)
  /// It is JSON of another kind. `found` is nil where it does not say which.
  case otherKind(path: String, expected: String, found: String?)
  /// It is of a version that is not known here: of a newer program.
  case newer(path: String, version: Int, known: Int)
  /// It could not be written. What was there before still is.
  case unwritable(path: String, reason: String)

  /// The sentence.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
    case .otherKind(let path, let expected, let found?): "\(path) is of the kind “\(found)”, not “\(expected)”"
    case .otherKind(let path, let expected, nil): "\(path) is no “\(expected)” file: it does not name its schema"
    case .newer(let path, let version, let known):
      "\(path) is of version \(version), and this program knows up to \(known): use the newer program that wrote it"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    }
  }
}
