import Foundation
import Glibc
import Millrace
import Testing

@Suite("millrace serve", .timeLimit(.minutes(8)))
struct ServeTests {
  /// given a server as a user starts it; when files are fetched; then every byte arrives, the log names the routes, and
  /// SIGTERM ends it well.
  @Test("serves a directory, and ends when it is told to")
  func serves() async throws {
    let place = try Scratch()
    let small = try place.write("a.txt", noise(1000))
    let big = try place.write("big", noise(20 << 20))
    let (server, log) = try LogLines.start(arguments("."), in: place)
    let port = try await log.port()
    let client = try await Connection.connect(to: .loopback(port: port))
    #expect(try await get("/a.txt", through: client) == [UInt8](small))
    #expect(try await log.next(with: "served").contains("sent-route=memory"))
    #expect(try await get("/big", through: client) == [UInt8](big))
    let line = try await log.next(with: "served")
    for part in ["sent=\(big.count)", "sent-route=sendfile", "status=200", "target=/big", "method=GET"] {
      #expect(line.contains(part), "\(line)")
    }
    server.send(SIGTERM)
    // One that waits for its next request does not keep it.
    #expect(try await client.read() == [])
    client.close()
    #expect(await server.result().status == 0)
  }

  /// given a download that is under way; when SIGTERM comes; then it comes to its end, and the program after it.
  @Test("lets a download end that is under way when it is told to end")
  func drains() async throws {
    let place = try Scratch()
    let big = try place.write("big", noise(24 << 20))
    let (server, log) = try LogLines.start(arguments("."), in: place)
    let client = try await Connection.connect(to: .loopback(port: try await log.port()))
    try await client.write(Array("GET /big HTTP/1.1\r\nHost: here\r\n\r\n".utf8))
    var received = try await client.read()
    server.send(SIGTERM)
    try await log.next(with: "draining")
    while true {
      let more = try await client.read(upTo: 1 << 20)
      if more.isEmpty { break }
      received += more
    }
    #expect(received.suffix(big.count).elementsEqual(big))
    client.close()
    #expect(await server.result().status == 0)
  }

  /// given a server; when somebody starts another one at its address; then that one ends, and says why.
  @Test("is started once at an address")
  func twice() async throws {
    let place = try Scratch()
    let (server, log) = try LogLines.start(arguments("."), in: place)
    let address = "127.0.0.1:\(try await log.port())"
    let second = try await Program.run("serve", ".", "--listen", "tcp://\(address)", in: place)
    #expect(second.status == 1)
    #expect(second.errors.contains("cannot listen on \(address): Address already in use"), "\(second.errors)")
    server.send(SIGTERM)
    #expect(await server.result().status == 0)
  }

  @Test("says in one sentence what is wrong with how it is started, and ends with 1")
  func mistakes() async throws {
    let place = try Scratch()
    try place.write("file", Data())
    for (arguments, sentence) in [
      ([], "root"),
      (["none"], "none"),
      (["file"], "file"),
      ([".", "--header", "no colon"], "--header: 'no colon'"),
      ([".", "--header", "a b: c"], "--header: 'a b: c'"),
      ([".", "--header", "X: a\nSet-Cookie: b"], "--header"),
      ([".", "--header", "Content-Length: 5"], "the server itself says Content-Length"),
      ([".", "--cache-control", "*.js"], "--cache-control: '*.js'"),
      ([".", "--cache-control", "=no-store"], "--cache-control: '=no-store'"),
      ([".", "--links", "all"], "--links: 'all'"),
      ([".", "--index", "a/b"], "--index: 'a/b'"),
      ([".", "--listen", "nowhere"], "--listen: 'nowhere'"),
      ([".", "--mime-types", "none"], "none"),
      ([".", "--max-head", "1GiB"], "--max-head: '1GiB'"),
      ([".", "--open-files", "many"], "--open-files: 'many'"),
    ] {
      let listen = arguments.contains("--listen") ? [] : ["--listen", "tcp://127.0.0.1:0"]
      let result = try await Running(["serve"] + arguments + listen, in: place).result()
      #expect(result.status == 1, "\(arguments)")
      let said = result.errors.split(separator: "\n").filter { $0.contains(sentence) }
      #expect(!said.isEmpty, "\(arguments): \(result.errors)")
      #expect(!result.errors.contains("Fatal error"), "\(result.errors)")
    }
  }

  @Test("prints the configuration in full with --check, and does nothing")
  func check() async throws {
    let place = try Scratch()
    let result = try await Program.run(
      "serve", "--check", "--cache-control", "*.js=max-age=5", "--header", "X-A: b", "--links", "none", ".", in: place)
    #expect(result.status == 0)
    for line in ["links: none  # --links", "listing: true  # default", "head-timeout: 10s  # default"] {
      #expect(result.text.contains(line), "\(result.text)")
    }
    #expect(result.text.contains("*.js=max-age=5"))
    #expect(result.errors.isEmpty)
  }

  /// given a small file and a larger one that the server knows; when they are asked for again; then strace sees a call
  /// that receives and one that sends, and for the larger one sendfile besides: nothing is opened, asked about or
  /// waited for in between. What is known of the page cache holds for a while: now and then the kernel is asked
  /// whether sendfile would wait for the disk, by cachestat(2) and a byte of either end.
  @Test(
    "makes no call but those that receive and send",
    .enabled("needs strace and the right to trace", { Injected.isPossible }))
  func calls() async throws {
    let place = try Scratch()
    let small = try place.write("small", noise(500))
    let large = try place.write("large", noise(64 << 10))
    let trace = place.captured("trace")
    let strace = Injected.command("all", trace: trace)
    let (server, log) = try LogLines.start(
      arguments(".", "--open-file-validity", "1h", "--log-level", "warning"), through: strace, in: place)
    // Nobody says where it listens at that level: asked is the kernel.
    _ = log
    let port = try await listeningPort(of: server)
    let client = try await Connection.connect(to: .loopback(port: port))
    for _ in 0..<5 {
      #expect(try await get("/small", through: client) == [UInt8](small))
      #expect(try await get("/large", through: client) == [UInt8](large))
    }
    client.close()
    for child in try children(of: server) { kill(child, SIGTERM) }
    _ = await server.result()

    let text = try String(contentsOf: trace, encoding: .utf8)
    let requests = try Self.callsByRequest(in: text)
    #expect(requests.count == 10)
    for (place, all) in requests.enumerated().dropFirst(2) {
      if place % 2 == 0 {
        #expect(all.map(\.name) == ["recvfrom", "sendto"], "\(all)")
      } else {
        // An older strace does not know its name.
        let calls = all.filter { !["cachestat", "syscall_0x1c3", "preadv2"].contains($0.name) }
        #expect(all.count - calls.count <= 3, "\(all)")
        #expect(calls.map(\.name) == ["recvfrom", "sendto", "sendfile"], "\(all)")
        #expect(calls.dropFirst().first?.text.contains("MSG_MORE") == true, "\(all)")
      }
    }
  }

  private struct Call: CustomStringConvertible {
    let name: String
    let text: String
    var description: String { text }
  }

  /// The calls of the thread that serves, from each request that it receives up to where it sleeps.
  private static func callsByRequest(in trace: String) throws -> [[Call]] {
    let lines = trace.split(separator: "\n")
    let first = try #require(lines.first { $0.contains("recvfrom(") && $0.contains("GET /small") })
    let thread = try #require(first.split(separator: " ").first)
    var requests: [[Call]] = []
    var isAwake = false
    for line in lines where line.hasPrefix("\(thread) ") {
      let text = line.dropFirst(thread.count).drop { $0 == " " }
      let name = text.hasPrefix("<...") ? text.dropFirst(5).prefix { $0 != " " } : text.prefix { $0 != "(" }
      if name == "recvfrom", text.contains("GET /") {
        requests.append([])
        isAwake = true
      }
      if name.hasPrefix("epoll_") { isAwake = false }
      // The second half of a call is the same call.
      if isAwake, !text.hasPrefix("<...") || requests[requests.count - 1].isEmpty {
        requests[requests.count - 1].append(Call(name: String(name), text: String(text)))
      }
    }
    return requests
  }

  private func arguments(_ directory: String, _ more: String...) -> [String] {
    ["serve", "--reactors", "1", "--listen", "tcp://127.0.0.1:0", "--head-timeout", "1h", "--drain-timeout", "1h"]
      + more + [directory]
  }

  /// The body of the answer, which has a length.
  private func get(_ target: String, through client: Connection) async throws -> [UInt8] {
    try await client.write(Array("GET \(target) HTTP/1.1\r\nHost: here\r\n\r\n".utf8))
    var bytes: [UInt8] = []
    while true {
      let more = try await client.read(upTo: 1 << 20)
      try #require(!more.isEmpty, "the connection ended")
      bytes += more
      guard let end = Data(bytes.prefix(4096)).range(of: Data("\r\n\r\n".utf8))?.upperBound else { continue }
      let head = String(decoding: bytes[..<end], as: UTF8.self)
      let field = try #require(head.firstMatch(of: /Content-Length: ([0-9]+)/))
      let length = try #require(Int(field.1))
      if bytes.count == end + length { return Array(bytes[end...]) }
    }
  }

  /// Where the program under strace listens. ss(8) reads the same file. proc_pid_net(5)
  private func listeningPort(of running: Running) async throws -> UInt16 {
    var port: UInt16?
    let isThere = try await running.wait {
      guard let child = try? children(of: running).first else { return false }
      let folder = "/proc/\(child)/fd"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let sockets = Set(
        names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") })
      let table = (try? String(contentsOfFile: "/proc/\(child)/net/tcp", encoding: .utf8)) ?? ""
      for line in table.split(separator: "\n").dropFirst() {
        let words = line.split(separator: " ")
        // 0A is TCP_LISTEN.
        guard words.count > 9, words[3] == "0A", sockets.contains("socket:[\(words[9])]") else { continue }
        port = words[1].split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
      }
      return port != nil
    }
    try #require(isThere)
    return try #require(port)
  }

  private func children(of running: Running) throws -> [Int32] {
    let process = running.process.processIdentifier
    let text = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return text.split(separator: " ").compactMap { Int32($0) }
  }
}
