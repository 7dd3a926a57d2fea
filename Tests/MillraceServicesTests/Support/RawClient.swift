import Millrace
import Testing

/// A client that says exactly what a test says, and takes answers apart without any help of the server's code.
/// One task sends and one reads.
final class RawClient: @unchecked Sendable {
  let connection: Connection
  /// What came and was not yet read as part of an answer.
  private(set) var ahead: [UInt8] = []

  init(_ connection: Connection) { self.connection = connection }

  func send(_ text: String) async throws { try await connection.write(Array(text.utf8)) }

  /// The next answer: its head, and its body by Content-Length, or to the end where it has none.
  ///
  /// - Parameter isBodyless: it answers HEAD.
  func answer(isBodyless: Bool = false) async throws -> RawAnswer {
    var answer = try RawAnswer(head: try await takeHead())
    if isBodyless || [204, 304].contains(answer.status) || answer.status < 200 { return answer }
    if let length = answer["Content-Length"].flatMap({ Int($0) }) {
      while ahead.count < length { try await readMore() }
      answer.body = Array(ahead.prefix(length))
      ahead.removeFirst(length)
    } else {
      answer.body = try await rest()
    }
    return answer
  }

  /// All that still comes, to the end of the stream.
  func rest() async throws -> [UInt8] {
    defer { ahead = [] }
    return ahead + (try await connection.readAll())
  }

  /// The server has closed, and has said nothing more.
  func expectEnd() async throws { #expect(try await rest() == []) }

  func takeHead() async throws -> String {
    var searched = 0
    while true {
      for at in searched..<max(searched, ahead.count - 3)
      where ahead[at] == 13 && ahead[at..<at + 4].elementsEqual([13, 10, 13, 10]) {
        defer { ahead.removeFirst(at + 4) }
        return String(decoding: ahead[..<at], as: UTF8.self)
      }
      searched = max(0, ahead.count - 3)
      try await readMore()
    }
  }

  /// Reads something more. Throws at the end of the stream.
  func readMore() async throws {
    let bytes = try await connection.read(upTo: 1 << 20)
    if bytes.isEmpty { throw EndedEarly(after: ahead.count) }
    ahead += bytes
  }

  func close() { connection.close() }

  struct EndedEarly: Error {
    let after: Int
  }
}

/// An answer as it came.
struct RawAnswer: Sendable {
  let version: String
  let status: Int
  let reason: String
  let fields: [(name: String, value: String)]
  var body: [UInt8] = []

  init(head: String) throws {
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    let line = try #require(lines.first).split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    try #require(line.count == 3, "\(head)")
    version = String(line[0])
    status = try #require(Int(line[1]))
    reason = String(line[2])
    fields = try lines.dropFirst().map { line in
      let colon = try #require(line.firstIndex(of: ":"), "\(line)")
      return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
  }

  /// The value of a field that is there once; nil where there is none.
  subscript(_ name: String) -> String? {
    let values = fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    #expect(values.count < 2, "\(name) is there \(values.count) times")
    return values.first
  }

  var text: String { String(decoding: body, as: UTF8.self) }
}
