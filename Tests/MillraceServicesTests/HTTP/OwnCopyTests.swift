import Foundation
import HTTPTypes
import LinuxCalls
import Millrace
import MillraceHTTP
import SystemPackage
import Testing

@testable import MillraceServices

@Suite("A body that a handler copies by itself", .timeLimit(.minutes(8)))
struct OwnCopyTests {
  private static let chunked = "Transfer-Encoding: chunked\r\n\r\n"

  private func request(_ body: [UInt8], isChunked: Bool) -> [UInt8] {
    let head = "PUT / HTTP/1.1\r\nHost: a\r\n"
    if !isChunked { return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body }
    var bytes = Array((head + Self.chunked).utf8)
    for start in stride(from: 0, to: body.count, by: 5000) {
      let chunk = body[start..<min(start + 5000, body.count)]
      bytes += Array((String(chunk.count, radix: 16) + "\r\n").utf8) + chunk + [13, 10]
    }
    return bytes + Array("0\r\n\r\n".utf8)
  }

  /// given a sink that fails in the middle; then what was delivered, what the error gives back and what the body still has make
  /// the body, and the next request is read where this one ends.
  @Test("goes on behind what a failed copy has given back", arguments: [false, true])
  func goesOn(isChunked: Bool) async throws {
    let body = noise(300_000)
    try await serving { request, responder in
      let source = try await request.body(atMost: 1 << 20)
      let full = try await File.open("/dev/full", for: .write)
      var bytes: [UInt8] = []
      // What came with the head, and what a pipe or a buffer held.
      do throws(CopyError) {
        try await copy(from: source, to: full)
        Issue.record("the device is full")
      } catch {
        #expect(error.errno == .noSpace && error.side == .sink)
        #expect(error.report.consumed == error.report.delivered + error.residue.count)
        #expect(!source.isAtEnd)
        bytes = try await readAll(from: error.residue)
      }
      #expect(!bytes.isEmpty)
      bytes += try await readAll(from: source)
      #expect(source.isAtEnd)
      full.close()
      try await responder.send(HTTPResponse(status: .ok), bytes)
    } to: { _, address, log in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      for _ in 0..<2 {
        async let sending: Void = client.connection.write(request(body, isChunked: isChunked))
        let answer = try await client.answer()
        #expect(answer.status == 200 && isSame(answer.body, body))
        try await sending
      }
      let line = await log.line { $0.message == "served" }
      #expect(line["received"].flatMap { Int($0) } ?? 0 > 0)
    }
  }

  @Test("is in the log with its bytes and its route", arguments: [false, true])
  func isCounted(isChunked: Bool) async throws {
    let body = noise(300_000)
    let folder = try Folder()
    let path = "\(folder.path)/kept"
    try await serving { request, responder in
      let file = try await File.create(FilePath(path))
      let report = try await copy(from: try await request.body(atMost: 1 << 20), to: file)
      file.close()
      #expect(report.delivered == body.count)
      try await responder.send(HTTPResponse(status: .noContent))
    } to: { _, address, log in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      try await client.connection.write(request(body, isChunked: isChunked))
      #expect(try await client.answer(isBodyless: true).status == 204)
      let line = await log.line { $0.message == "served" }
      #expect(line["received"] == "\(body.count)")
      #expect(line["received-route"]?.contains(isChunked ? "buffered" : "splice") == true, "\(line)")
      #expect(isSame(FileManager.default.contents(atPath: path).map(Array.init) ?? [], body))
    }
  }

  /// given a wrapper that is copied a second time, which is for one copy; then the body goes on where the first one stopped.
  @Test("goes on behind a wrapper, however often that is used")
  func wrapperAgain() async throws {
    let body = noise(100)
    try await serving { request, responder in
      let source = try await request.body(atMost: 1000)
      let ten = source.limited(to: 10)
      let first = try await readAll(from: ten)
      _ = try await readAll(from: ten.limited(to: 5))
      try await responder.send(HTTPResponse(status: .ok), first + (try await readAll(from: source)))
    } to: { _, address, _ in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      try await client.connection.write(request(body, isChunked: false))
      #expect(isSame(try await client.answer().body, body))
    }
  }

  private func content(ofChunks bytes: [UInt8]) throws -> [UInt8] {
    var reader = ChunkedReader()
    var content: [UInt8] = []
    var at = 0
    while true {
      switch try reader.read(bytes.span, from: &at) {
      case .content(let place): content += bytes[place]
      case .ended: return content
      case .needsMore: throw HTTPFailure(.badRequest, "the last chunk is missing")
      }
    }
  }

  /// What a rate allows in the time that a copy of so many bytes takes at least.
  private static let rate = 2_000_000
  private static let bytes = 400_000
  private static let least = Duration.milliseconds(150)

  /// given two connections that download at the same time, with a rate for all: then both together take the time of twice the
  /// bytes, by sendfile; and with the rate for each client, of whom there is one, it is the same.
  @Test("keeps to the rates that connections share", arguments: [false, true])
  func sharesRate(isClients: Bool) async throws {
    let file = try await File.temporary()
    try await copy(from: Bytes(noise(Self.bytes / 2)), to: file)
    try await serving(with: {
      if isClients { $0.ratePerClient = Self.rate } else { $0.rate = Self.rate }
    }) { _, responder in
      let report = try await responder.send(
        HTTPResponse(status: .ok), file: file.section(offset: 0, length: Self.bytes / 2))
      #expect(report.bytesByRoute[.sendfile] == Self.bytes / 2)
    } to: { _, address, _ in
      let start = ContinuousClock.now
      let get = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      async let one = ask(address, get)
      async let two = ask(address, get)
      for answer in [try await one, try await two] { #expect(isSame(answer.body, noise(Self.bytes / 2))) }
      #expect(ContinuousClock.now - start >= Self.least)
    }
  }

  @Test("keeps to the rate of the connection", arguments: ["upload", "upload in chunks", "length", "chunks", "source"])
  func keepsToRate(what: String) async throws {
    let body = noise(Self.bytes)
    try await serving(with: { $0.ratePerConnection = Self.rate }) { request, responder in
      let ok = HTTPResponse(status: .ok)
      switch what {
      case "length", "chunks":
        let answer = try await responder.begin(ok, length: what == "length" ? Int64(body.count) : nil)
        try await copy(from: Bytes(body), to: answer)
        try await answer.finish()
      case "source": try await responder.send(ok, from: Bytes(body), length: nil)
      default:
        let bytes = try await readAll(from: try await request.body(atMost: 1 << 20))
        #expect(isSame(bytes, body))
        try await responder.send(ok)
      }
    } to: { _, address, _ in
      let client = RawClient(try await Connection.connect(to: address))
      defer { client.close() }
      let start = ContinuousClock.now
      let isUpload = what.hasPrefix("upload")
      let get = Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
      async let sending: Void = client.connection.write(
        isUpload ? request(body, isChunked: what.hasSuffix("chunks")) : get)
      let head = try await client.takeHead()
      try await sending
      #expect(head.hasPrefix("HTTP/1.1 200"))
      if !isUpload {
        let rest = try await client.rest()
        #expect(isSame(head.contains("chunked") ? try content(ofChunks: rest) : rest, body))
      }
      #expect(ContinuousClock.now - start >= Self.least)
    }
  }
}
