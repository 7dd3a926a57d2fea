import Foundation
import Millrace
import Testing

@Suite("An upload to millrace serve", .timeLimit(.minutes(8)))
struct ServeUploadTests {
  private static let token = "0123456789abcdef"

  private func start(
    _ root: String, through wrapper: [String] = [], in place: Scratch
  ) async throws -> (server: Running, log: LogLines, port: UInt16) {
    try place.write("token", Data("\(Self.token)\n".utf8))
    let (server, log) = try LogLines.start(
      [
        "serve", root, "--listen", "tcp://127.0.0.1:0", "--reactors", "1", "--allow-upload", "--upload-token-file",
        place.path("token"),
      ], through: wrapper, in: place)
    return (server, log, try await log.port())
  }

  private func begin(_ count: Int, port: UInt16) async throws -> Connection {
    let connection = try await Connection.connect(to: .loopback(port: port))
    let head =
      "PUT /file HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(Self.token)\r\nContent-Length: \(count)\r\n\r\n"
    try await connection.write(Array(head.utf8))
    return connection
  }

  /// given an upload half of which has come; when the server is killed; then the old file is there, and nothing beside it.
  @Test("leaves the old file and nothing else when the server is killed meanwhile")
  func killed() async throws {
    let place = try Scratch()
    try FileManager.default.createDirectory(atPath: place.path("site"), withIntermediateDirectories: true)
    let old = try place.write("site/file", noise(1000, seed: 3))
    let (server, _, port) = try await start("site", in: place)
    let upload = try await begin(40 << 20, port: port)
    // More than the sockets hold: half of it is in the file by then.
    try await upload.write(Array(noise(20 << 20)))
    server.send(SIGKILL)
    _ = await server.result()
    upload.close()
    #expect(try place.read("site/file") == old)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("site")) == ["file"])
  }

  /// given an upload over a file, all of which has come; when the server is killed as it is about to change names; then the old file
  /// is there, and what is beside it is whole and nobody's to see.
  @Test(
    "leaves the old file when the server is killed at the last moment",
    .enabled("needs strace and the right to trace", { Injected.isPossible }))
  func killedAtTheEnd() async throws {
    let place = try Scratch()
    try FileManager.default.createDirectory(atPath: place.path("site"), withIntermediateDirectories: true)
    let old = try place.write("site/file", noise(1000, seed: 3))
    let new = noise(300_000)
    let strace = Injected.command("renameat,renameat2:signal=KILL")
    let (server, _, port) = try await start("site", through: strace, in: place)
    let upload = try await begin(new.count, port: port)
    try await upload.write(Array(new))
    _ = await server.result()
    upload.close()
    #expect(try place.read("site/file") == old)
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path("site")).sorted()
    let staged = try #require(names.first)
    #expect(names == [staged, "file"] && staged.hasPrefix(".file.millrace-"))
    #expect(try place.read("site/\(staged)") == new)
  }

  /// given a disk with less room than the upload takes; when it is sent; then the answer is 507, the old file is there, and the
  /// room is free again.
  @Test(
    "to a full disk is 507 and leaves nothing behind",
    .enabled("needs the right to mount a tmpfs", { Tmpfs.isPossible }))
  func full() async throws {
    let place = try Scratch()
    let disk = try Tmpfs(at: place.url.appendingPathComponent("disk"), size: "1m")
    defer { disk.unmount() }
    let old = try place.write("disk/file", noise(1000, seed: 3))
    let (server, log, port) = try await start("disk", in: place)
    for _ in 0..<2 {
      let upload = try await begin(4 << 20, port: port)
      // The answer may come before all of it is sent.
      try? await upload.write(Array(noise(4 << 20)))
      let answer = String(decoding: try await readAll(from: upload), as: UTF8.self)
      #expect(answer.hasPrefix("HTTP/1.1 507 "), "\(answer.prefix(200))")
      #expect(try await log.next(with: "served").contains("status=507"))
    }
    #expect(try place.read("disk/file") == old)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("disk")) == ["file"])
    // There is as much room as before.
    let upload = try await begin(500_000, port: port)
    try await upload.write(Array(noise(500_000)))
    #expect(String(decoding: try await upload.read(), as: UTF8.self).hasPrefix("HTTP/1.1 204 "))
    upload.close()
    server.send(SIGTERM)
    #expect(await server.result().status == 0)
  }
}
