/// The way bytes go.
public enum Route: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable, CustomStringConvertible {
  /// Pages of a file straight to a socket. sendfile(2)
  case sendfile
  /// Between two files, inside the file system. copy_file_range(2)
  case copyFileRange = "copy_file_range"
  /// Straight between a pipe and another end. splice(2)
  case splice
  /// Between two ends of which neither is a pipe, through a leased one: two calls a chunk. splice(2)
  case pipedSplice = "splice-through-pipe"
  /// Straight from the memory that holds them: a prefix, or bytes that were saved from an earlier route.
  case memory
  /// Read into a buffer and written from it.
  case buffered
  /// A fast path that the source or the sink brought along.
  case own

  /// Its name, as `--route` takes it.
  public var description: String { rawValue }
}
