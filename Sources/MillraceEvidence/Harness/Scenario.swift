/// What is measured.
public enum Scenario: String, Sendable, CaseIterable {
  /// A file to whoever asks.
  case fileToSocket = "file-to-socket"
  /// What comes becomes a file.
  case socketToFile = "socket-to-file"
  /// Through a relay, one way; a byte answers each message.
  case socketToSocket = "socket-to-socket"
  /// One file into another.
  case fileToFile = "file-to-file"
  /// From a pipe to a connection.
  case pipeToSocket = "pipe-to-socket"
  /// Through a relay and back.
  case echo
  /// Connections through a relay that have nothing to say.
  case idle
  /// Connections through a relay that come, ask once, and go.
  case short
  /// A file over HTTP, to whoever asks again and again on a connection that stays.
  case httpFile = "http-file"
  /// Connections of HTTP that have asked once, and have nothing more to say.
  case httpIdle = "http-idle"

  /// One line for people.
  public var title: String {
    switch self {
    case .fileToSocket: "a file to a socket, for each byte that asks"
    case .socketToFile: "a socket into a file, answered by a byte"
    case .socketToSocket: "socket to socket through a relay, one way"
    case .fileToFile: "a file into another"
    case .pipeToSocket: "a pipe into a socket"
    case .echo: "messages through a relay and back"
    case .idle: "idle connections through a relay"
    case .short: "short connections through a relay: connect, 1 KiB there and back, close"
    case .httpFile: "GET of a file over HTTP/1.1, on connections that stay"
    case .httpIdle: "idle connections of HTTP/1.1 to a file server"
    }
  }

  /// What stands between a load and a far end.
  var isRelay: Bool {
    switch self {
    case .socketToSocket, .echo, .idle, .short: true
    default: false
    }
  }

  /// Whether what is asked for are the files of a folder, over HTTP.
  var isHTTP: Bool { self == .httpFile || self == .httpIdle }

  /// Whether connections stand and do nothing, and what is measured is memory.
  var isIdle: Bool { self == .idle || self == .httpIdle }

  /// Sizes of an operation that make sense; nil is the long stream.
  var sizes: [Int?] {
    switch self {
    case .short: [1024]
    case .idle, .pipeToSocket, .httpIdle: [nil]
    case .echo: Self.powers
    // On both sides of where a file is too small to be sent by a call of its own.
    case .httpFile: [13, 1 << 12, 1 << 16, 1 << 20]
    default: Self.powers + [nil]
    }
  }

  private static let powers: [Int?] = [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20]

  /// Whether operations can be begun at a steady pace.
  public var canBePaced: Bool {
    switch self {
    case .fileToSocket, .socketToFile, .socketToSocket, .echo, .short, .httpFile: true
    case .fileToFile, .pipeToSocket, .idle, .httpIdle: false
    }
  }

  /// Whether other connections can do something else meanwhile.
  public var canHaveCompany: Bool { self == .echo || self == .httpFile }

  /// The one size that it has; nil within is a stream. Nil where there is a choice.
  public var fixedSize: Int?? { sizes.count == 1 ? .some(sizes[0]) : nil }

  /// The most bytes of an operation: a message that is written before its echo is read has to find room on the way.
  public var greatestSize: Int { self == .echo ? 1 << 20 : 1 << 30 }

  /// Connections at once that make sense.
  func connections(_ wanted: [Int]) -> [Int] {
    switch self {
    // Each has a process's attention: more of them measure the disk.
    case .fileToFile: [1]
    default: wanted
    }
  }

  /// The routes that can be asked for.
  var routes: [String] {
    switch self {
    case .fileToSocket: ["sendfile", "buffered"]
    case .socketToFile: ["splice-through-pipe", "buffered"]
    case .socketToSocket, .echo: ["splice-through-pipe", "buffered"]
    case .fileToFile: ["copy_file_range", "splice-through-pipe", "buffered"]
    case .pipeToSocket: ["splice", "buffered"]
    case .idle, .short, .httpFile, .httpIdle: []
    }
  }

  /// Bytes of a file that stands for a long stream: 256 MiB for all connections together.
  static func longFile(connections: Int) -> Int { max(1 << 20, (256 << 20) / connections) }
}
