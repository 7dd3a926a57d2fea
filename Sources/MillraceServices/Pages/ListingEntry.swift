/// Something in a directory, as its listing shows it.
package struct ListingEntry: Sendable, Equatable {
  /// What it is.
  package enum Kind: Sendable, Equatable {
    /// A file, which can be fetched.
    case file
    /// A directory, whose link ends in a slash.
    case directory
    /// A socket, a device, a pipe.
    case other
  }

  /// The bytes of its name: any but NUL and the slash.
  package var name: [UInt8]
  /// What it is.
  package var kind: Kind
  /// Bytes; of a file alone is it shown and summed, and what is below 0 counts as 0.
  package var size: Int64
  /// When its content was changed last, in seconds since 1970 began.
  package var modified: Int64

  /// An entry of these.
  package init(name: [UInt8], kind: Kind, size: Int64, modified: Int64) {
    self.name = name
    self.kind = kind
    self.size = size
    self.modified = modified
  }

  /// The bytes of a file; nil for what has no size that would mean anything to a reader.
  var shownSize: UInt64? { kind == .file ? UInt64(max(0, size)) : nil }

  /// Whether a link can name it. The directory itself and its parent are dot segments in every spelling: a browser
  /// takes even `%2e%2e` for the parent (WHATWG URL).
  var isNameable: Bool { !name.isEmpty && name != [UInt8(ascii: ".")] && name != Array("..".utf8) }
}
