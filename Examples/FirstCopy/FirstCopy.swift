import Millrace

/// A file goes over TCP into another file: by sendfile on the way out, by splice on the way in.
@main
struct FirstCopy {
  static func main() async throws {
    let original = try await File.temporary()
    try await copy(from: Bytes(String(repeating: "millrace ", count: 1 << 21)), to: original)
    let listener = try Listener.bind(to: .loopback(port: 0))
    async let received = receive(from: listener)
    let connection = try await Connection.connect(to: listener.address)
    let sent = try await copy(from: original.section(offset: 0), to: connection)
    try connection.finishWriting()
    print("sent:     \(sent)")
    print("received: \(try await received)")
  }

  static func receive(from listener: Listener) async throws -> CopyReport {
    try await copy(from: listener.accept(), to: File.temporary())
  }
}
