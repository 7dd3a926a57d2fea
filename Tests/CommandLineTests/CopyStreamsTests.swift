import Foundation
import Glibc
import Testing

@Suite("millrace copy: pipes and connections") struct CopyStreamsTests {
  let place: Scratch
  init() throws { place = try Scratch() }

  @Test("from standard input to standard output, through pipes")
  func standardStreams() async throws {
    let data = try place.write("a", noise(500_000))
    let pipe = Pipe()
    let first = try Running(["copy", "-q", "a", "-"], output: pipe.fileHandleForWriting, in: place)
    try pipe.fileHandleForWriting.close()
    let second = try Running(["copy", "--json", "-", "-"], input: pipe.fileHandleForReading, in: place)
    try pipe.fileHandleForReading.close()
    #expect(await first.result().status == 0)
    let result = await second.result()
    #expect(result.status == 0 && result.output == data)
    // Standard output carries the data, so the report is on standard error.
    #expect(try Program.object(Data(result.errors.utf8))["delivered"] as? Int == 500_000)
  }

  @Test("a file lent as standard input is left where the copy ended")
  func sharedPosition() async throws {
    let data = try place.write("a", noise(1000))
    let input = try FileHandle(forReadingFrom: place.url.appendingPathComponent("a"))
    let first = try await Program.run("copy", "-q", "--limit", "300", "-", "-", input: input, in: place)
    let second = try await Program.run("copy", "-q", "-", "-", input: input, in: place)
    #expect(first.output == data.prefix(300))
    #expect(second.output == data.dropFirst(300))
  }

  @Test("a file lent as standard output goes on where the copy ended")
  func sharedOutput() async throws {
    try place.write("a", Data("middle".utf8))
    try place.write("out", Data())
    let output = try FileHandle(forWritingTo: place.url.appendingPathComponent("out"))
    try output.write(contentsOf: Data("begin ".utf8))
    #expect(await (try Running(["copy", "a", "-"], output: output, in: place)).result().status == 0)
    try output.write(contentsOf: Data(" end".utf8))
    #expect(try place.read("out") == Data("begin middle end".utf8))
  }

  @Test("over TCP, to a free port that it names, and the end is passed on")
  func tcp() async throws {
    let data = try place.write("a", noise(2 << 20))
    let receiving = try Running(["copy", "tcp-listen://127.0.0.1:0", "b"], in: place)
    let port = try await receiving.listeningPort()
    let sent = try await Program.run("copy", "--explain", "a", "tcp://localhost:\(port)", in: place)
    #expect(sent.status == 0 && sent.errors.contains("sendfile  taken, 2.0 MiB"))
    let received = await receiving.result()
    #expect(received.status == 0)
    // The port that it got, not the 0 that was asked for.
    #expect(received.errors.contains("127.0.0.1:\(port) → b: 2.0 MiB by "))
    #expect(try place.read("b") == data)
  }

  @Test("a listener can be the destination, too")
  func listeningDestination() async throws {
    let data = try place.write("a", noise(100_000))
    let sending = try Running(["copy", "a", "tcp-listen://127.0.0.1:0"], in: place)
    let port = try await sending.listeningPort()
    #expect(try await Program.run("copy", "-q", "tcp://127.0.0.1:\(port)", "b", in: place).status == 0)
    #expect(await sending.result().status == 0)
    #expect(try place.read("b") == data)
  }

  @Test("over a Unix socket, whose path is gone afterwards")
  func unix() async throws {
    let data = try place.write("a", noise(100_000))
    let receiving = try Running(["copy", "unix-listen:socket", "b"], in: place)
    #expect(try await receiving.wait { receiving.errors.contains("listening on unix:socket\n") })
    #expect(try await Program.run("copy", "-q", "a", "unix:socket", in: place).status == 0)
    #expect(await receiving.result().status == 0)
    #expect(try place.read("b") == data)
    #expect(place.names == ["a", "b"])
  }

  @Test("an abstract name is no file: one of that name is left alone", arguments: [true, false])
  func abstract(isInterrupted: Bool) async throws {
    let data = try place.write("a", noise(1000))
    let name = "@millrace-\(UUID().uuidString)"
    let kept = try place.write(name, Data("kept".utf8))
    let receiving = try Running(["copy", "unix-listen:\(name)", "b"], in: place)
    #expect(try await receiving.wait { receiving.errors.contains("listening on unix:\(name)\n") })
    if isInterrupted {
      receiving.send(SIGINT)
      #expect(await receiving.result().status == 130)
    } else {
      #expect(try await Program.run("copy", "-q", "a", "unix:\(name)", in: place).status == 0)
      #expect(await receiving.result().status == 0)
      #expect(try place.read("b") == data)
    }
    #expect(try place.read(name) == kept)
  }

  @Test(
    "every address is that of IPv4 where there is no IPv6",
    .enabled("needs strace and the right to trace", { Injected.isPossible }),
    arguments: ["socket:error=EAFNOSUPPORT:when=1", "bind:error=EADDRNOTAVAIL:when=1"])
  func withoutIPv6(_ fault: String) async throws {
    let data = try place.write("a", noise(1000))
    let receiving = try Running(["copy", "tcp-listen://*:0", "b"], through: Injected.command(fault), in: place)
    let port = try await receiving.listeningPort()
    #expect(receiving.errors.contains("listening on 0.0.0.0:"))
    #expect(try await Program.run("copy", "-q", "a", "tcp://127.0.0.1:\(port)", in: place).status == 0)
    #expect(await receiving.result().status == 0)
    #expect(try place.read("b") == data)
  }

  @Test(
    "a tree goes from tar to tar",
    .enabled("needs tar", { FileManager.default.isExecutableFile(atPath: "/usr/bin/tar") }))
  func tar() async throws {
    for folder in ["from/deep/deeper", "to"] {
      try FileManager.default.createDirectory(atPath: place.path(folder), withIntermediateDirectories: true)
    }
    for (index, name) in ["from/empty", "from/small", "from/deep/middle", "from/deep/deeper/large"].enumerated() {
      try place.write(name, noise(index * index * 100_001, seed: UInt64(index)))
    }
    let shell = { (script: String) in ["/bin/sh", "-c", script] }
    let receiving = try Running(
      ["copy", "tcp-listen://127.0.0.1:0", "-"], through: shell("\"$0\" \"$@\" | tar x -C to"), in: place)
    let port = try await receiving.listeningPort()
    let sending = try Running(
      ["copy", "-", "tcp://127.0.0.1:\(port)"], through: shell("tar c -C from . | \"$0\" \"$@\""), in: place)
    #expect(await sending.result().status == 0)
    #expect(await receiving.result().status == 0)
    let from = try place.tree("from")
    #expect(from.count == 6)
    #expect(try place.tree("to") == from)
  }

  @Test("through a FIFO, which is written to directly")
  func fifo() async throws {
    let data = try place.write("a", noise(200_000))
    mkfifo(place.path("fifo"), 0o600)
    let reading = try Running(["copy", "-q", "fifo", "b"], in: place)
    #expect(try await Program.run("copy", "-q", "a", "fifo", in: place).status == 0)
    #expect(await reading.result().status == 0)
    #expect(try place.read("b") == data)
    #expect(place.names == ["a", "b", "fifo"])
  }

  @Test("a reader that goes away is a sentence and status 1, not a death by SIGPIPE")
  func brokenPipe() async throws {
    try place.write("a", noise(2 << 20))
    let pipe = Pipe()
    let running = try Running(["copy", "a", "-"], output: pipe.fileHandleForWriting, in: place)
    try pipe.fileHandleForWriting.close()
    _ = try pipe.fileHandleForReading.read(upToCount: 10)
    try pipe.fileHandleForReading.close()
    let result = await running.result()
    #expect(running.ending?.isExit == true && result.status == 1)
    #expect(result.errors.contains("cannot write standard output: nobody reads it any more"))
  }
}
