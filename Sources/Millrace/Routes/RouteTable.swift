/// Which routes there are between two kinds of ends, best first: the table that the planner goes by, that
/// `millrace routes` prints, and that the documentation shows.
public enum RouteTable {
  /// A set of ends.
  public enum Ends: String, Sendable, Codable, CaseIterable {
    /// A regular file.
    case file
    /// A TCP or Unix stream.
    case socket
    /// A pipe or FIFO.
    case pipe
    /// A terminal, another device.
    case device
    /// Bytes in this process.
    case memory
    /// A type that reads or writes by itself.
    case custom

    /// Where a kind of end belongs; nil where no stream of bytes can go.
    public init?(_ kind: EndKind) {
      switch kind {
      case .regular: self = .file
      case .tcp, .unix, .stream: self = .socket
      case .pipe: self = .pipe
      case .terminal, .device, .blockDevice, .unknown: self = .device
      case .memory: self = .memory
      case .custom: self = .custom
      case .message, .directory: return nil
      }
    }
  }

  /// A row: from where to where, and how.
  public struct Row: Sendable, Codable, Equatable {
    /// Where the bytes come from.
    public var source: Ends
    /// Where they go.
    public var sink: Ends
    /// The routes, best first.
    public var routes: [Route]
    /// What decides among them.
    public var note: String
  }

  /// The rows that differ from "buffered alone".
  public static let rows: [Row] = [
    Row(source: .file, sink: .socket, routes: [.sendfile, .buffered], note: "explicit offset, bounded bites"),
    Row(
      source: .file, sink: .file, routes: [.copyFileRange, .pipedSplice, .buffered],
      note: "shares extents where the file system can"),
    Row(source: .file, sink: .pipe, routes: [.splice, .buffered], note: "pages of the file, no copy"),
    Row(source: .socket, sink: .file, routes: [.pipedSplice, .buffered], note: "one copy, into the page cache"),
    Row(
      source: .socket, sink: .socket, routes: [.pipedSplice, .buffered],
      note: "adaptive: buffered while the flow is small, spliced once it is bulk"),
    Row(source: .socket, sink: .pipe, routes: [.splice, .buffered], note: "no pipe in between"),
    Row(source: .pipe, sink: .socket, routes: [.splice, .buffered], note: "no pipe in between"),
    Row(source: .pipe, sink: .pipe, routes: [.splice, .buffered], note: "pages change hands"),
    Row(source: .pipe, sink: .file, routes: [.splice, .buffered], note: "one copy, into the page cache"),
    Row(source: .pipe, sink: .device, routes: [.splice, .buffered], note: "where the device can"),
    Row(source: .memory, sink: .socket, routes: [.memory], note: "straight from the array"),
  ]

  /// The routes from `source` to `sink`, best first; `[.buffered]` where the table has no row.
  public static func routes(from source: Ends, to sink: Ends) -> [Route] {
    if source == .memory { return [.memory] }
    return rows.first { $0.source == source && $0.sink == sink }?.routes ?? [.buffered]
  }
}
