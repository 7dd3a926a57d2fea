import Millrace

/// Three types that Millrace has never heard of, and what each has to say to be copied well.
@main
struct OwnRoutes {
  static func main() async throws {
    try await showUpload()
    try await showJoined()
    try await showCountdown()
  }

  /// A wrapper that describes itself: the bytes already read go from memory, the rest by a kernel route.
  static func showUpload() async throws {
    let (client, server) = try await connected()
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20)
    async let sent: Void = client.write(Array("PUT 8388608\n".utf8) + body)

    let upload = try await Upload.accept(on: server)
    print("upload:    \(try await copy(from: upload, to: File.temporary()))")
    try await sent
  }

  /// A source with a way of its own: many sections as one source. A wrapper that must see the bytes takes that way
  /// from it, and the copy reads instead.
  static func showJoined() async throws {
    let file = try await File.temporary()
    try await copy(from: Bytes([UInt8](repeating: 7, count: 4 << 20)), to: file)
    let joined = Joined([
      file.section(offset: 3 << 20, length: 1 << 20),
      file.section(offset: 0, length: 1 << 20),
    ])

    print("joined:    \(try await copy(from: joined, to: File.temporary()))")
    let hashed = joined.hashed(into: Checksum64())
    print("hashed:    \(try await copy(from: hashed, to: File.temporary()))")
  }

  /// A type that reads by itself, to one that writes by itself: no descriptor anywhere.
  static func showCountdown() async throws {
    let lines = LineCount()
    print("countdown: \(try await copy(from: Countdown(from: 100_000), to: lines))")
    print("           \(await lines.count) lines")
  }

  static func connected() async throws -> (Connection, Connection) {
    let listener = try Listener.bind(to: .loopback(port: 0))
    async let accepted = listener.accept()
    let client = try await Connection.connect(to: listener.address)
    return (client, try await accepted)
  }
}
