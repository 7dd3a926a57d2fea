/// A range of an open file, with an explicit offset: any number of sections of one file can be copied at once, and
/// the file's own position does not move.
public struct FileSection: Sendable {
  /// The file it is a part of.
  public let file: File
  /// Where it begins, in bytes from the beginning of the file.
  public let offset: Int64
  /// How many bytes it has; nil reaches to wherever the file ends.
  public let length: Int?

  init(file: File, offset: Int64, length: Int?) {
    precondition(offset >= 0, "a section begins at 0 or later, not at \(offset)")
    precondition(length.map { $0 >= 0 } ?? true, "a section has 0 bytes or more, not \(length ?? 0)")
    self.file = file
    self.offset = offset
    self.length = length
  }
}

extension File {
  /// The `length` bytes from `offset`. As a source, a section with a length promises that many bytes: a file that
  /// ends before is an error (``CopyError/Cause/truncated(owed:)``), for it was announced to someone. As a sink,
  /// the length bounds what is written.
  public func section(offset: Int64, length: Int? = nil) -> FileSection {
    FileSection(file: self, offset: offset, length: length)
  }
}
