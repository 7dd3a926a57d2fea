import Millrace

/// The body of a request whose head was read a little too far, as every parser does.
///
/// It says what it stands for (these bytes first, then the connection, this many in all) and never touches the rest.
struct Upload: ByteSource {
  let connection: Connection
  let alreadyRead: [UInt8]
  let length: Int

  var sourceShape: SourceShape {
    connection.sourceShape.prefixed(by: alreadyRead).limited(to: length)
  }

  /// Reads "PUT length\n". What came with it is the beginning of the body.
  static func accept(on connection: Connection) async throws -> Upload {
    var bytes: [UInt8] = []
    while true {
      let more = try await connection.read(upTo: 4096)
      bytes += more
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        guard head.hasPrefix("PUT "), let length = Int(head.dropFirst(4)), length >= 0 else {
          throw BadHead(head: head)
        }
        return Upload(connection: connection, alreadyRead: Array(bytes[(end + 1)...]), length: length)
      }
      guard !more.isEmpty, bytes.count < 4096 else {
        throw BadHead(head: String(decoding: bytes.prefix(80), as: UTF8.self))
      }
    }
  }

  struct BadHead: Error { let head: String }
}
