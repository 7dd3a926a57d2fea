import Foundation
import Glibc
import Testing

/// Every failure: one sentence, status 1, the old file as it was, nothing left behind.
@Suite("millrace copy: what goes wrong") struct CopyErrorsTests {
  let place: Scratch
  init() throws {
    place = try Scratch()
    try place.write("a", noise(3 << 20))
  }

  private func expectFailure(_ result: Program.Result, _ sentence: String, _ names: [String]) {
    #expect(result.status == 1)
    #expect(result.errors.split(separator: "\n").last.map(String.init) == "millrace: " + sentence)
    #expect(place.names == names)
  }

  @Test("onto itself, by its name or by a link")
  func sameFile() async throws {
    link(place.path("a"), place.path("hard"))
    symlink("a", place.path("soft"))
    for name in ["a", "hard", "soft"] {
      let result = try await Program.run("copy", "--force", "a", name, in: place)
      expectFailure(result, "a and \(name) are the same file", ["a", "hard", "soft"])
    }
    #expect(try place.read("a") == noise(3 << 20))
  }

  @Test("into a directory that does not exist")
  func missingDirectory() async throws {
    let result = try await Program.run("copy", "a", "no/b", in: place)
    expectFailure(result, "cannot write no/b: the directory no does not exist", ["a"])
  }

  @Test("onto a directory, and from one")
  func directory() async throws {
    expectFailure(
      try await Program.run("copy", "a", ".", in: place), ". is a directory; name the file to write in it", ["a"])
    expectFailure(
      try await Program.run("copy", ".", "b", in: place),
      ". is a directory; a copy takes one stream of bytes, such as tar makes of a directory", ["a"])
  }

  @Test("from a file that is not there")
  func missingSource() async throws {
    expectFailure(
      try await Program.run("copy", "nothing", "b", in: place), "cannot open nothing: No such file or directory", ["a"])
  }

  @Test("onto a device that is full")
  func fullDevice() async throws {
    expectFailure(
      try await Program.run("copy", "a", "/dev/full", in: place), "cannot write /dev/full: the disk is full", ["a"])
  }

  @Test(
    "onto a full disk: the old file is as it was", .enabled("needs the right to mount a tmpfs", { Tmpfs.isPossible }))
  func fullDisk() async throws {
    let disk = try Tmpfs(at: place.url.appendingPathComponent("disk"), size: "1m")
    defer { disk.unmount() }
    try place.write("disk/b", Data("old".utf8))
    let result = try await Program.run("copy", "--force", "a", "disk/b", in: place)
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot write disk/b: the disk is full"))
    #expect(result.errors.contains("disk/b is as it was"))
    #expect(try place.read("disk/b") == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("disk")) == ["b"])
  }

  @Test("--json has the side and the errno of a failure")
  func machineReadable() async throws {
    let missing = try await Program.run("copy", "--json", "nothing", "b", in: place).report()
    #expect(missing["failureSide"] as? String == "source" && missing["failureErrno"] as? String == "ENOENT")
    #expect(missing["delivered"] as? Int == 0 && missing["exitStatus"] as? Int == 1)
    let full = try await Program.run("copy", "--json", "a", "/dev/full", in: place).report()
    #expect(full["failureSide"] as? String == "destination" && full["failureErrno"] as? String == "ENOSPC")
    #expect(missing["failureCause"] == nil && full["failureCause"] as? String == "call")
  }

  /// What it says when a flush fails: which of the two, and what is true now.
  static let flushes = [
    (false, "cannot flush b to disk: Input/output error; b is as it was", "old"),
    (true, "b is in place with its bytes on the disk, but its directory cannot be flushed: Input/output error", nil),
  ]

  @Test(
    "a flush that fails says so of the destination, and what is in place",
    .enabled("needs strace and the right to trace", { Injected.isPossible }), arguments: flushes)
  func flush(ofDirectory: Bool, sentence: String, kept: String?) async throws {
    try place.write("b", Data("old".utf8))
    let running = try Running(
      ["copy", "--force", "--fsync", "a", "b"],
      through: Injected.command("fsync:error=EIO", on: ofDirectory ? place.url.path : nil), in: place)
    expectFailure(await running.result(), sentence, ["a", "b"])
    #expect(try place.read("b") == kept.map { Data($0.utf8) } ?? place.read("a"))
  }

  @Test(
    "a write that fails only when the file is closed is told of a file lent as standard output",
    .enabled("needs strace and the right to trace", { Injected.isPossible }))
  func lentOutputAtClose() async throws {
    try place.write("out", Data())
    let running = try Running(
      ["copy", "a", "-"], output: FileHandle(forWritingTo: place.url.appendingPathComponent("out")),
      through: Injected.command("close:error=EDQUOT", on: place.path("out")), in: place)
    expectFailure(await running.result(), "cannot write standard output: Disk quota exceeded", ["a", "out"])
  }

  @Test(
    "past the limit of a file's size: no death by SIGXFSZ",
    .enabled("needs prlimit of util-linux", { FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit") }))
  func fileSizeLimit() async throws {
    let running = try Running(["copy", "a", "b"], through: ["/usr/bin/prlimit", "--fsize=1048576"], in: place)
    let result = await running.result()
    #expect(result.status == 1)
    #expect(result.errors.contains("cannot write b: it would be larger than this system lets a file be"))
    #expect(place.names == ["a"])
  }

  @Test("an offset where there are no positions, or behind the end")
  func offset() async throws {
    let behind = try await Program.run("copy", "--offset", "4MiB", "a", "b", in: place)
    expectFailure(behind, "--offset 4194304 is behind the end of a, which has 3145728 bytes", ["a"])
    let pipe = Pipe()
    try pipe.fileHandleForWriting.close()
    let result = try await Program.run("copy", "--offset", "1", "-", "b", input: pipe.fileHandleForReading, in: place)
    expectFailure(result, "--offset needs a source with positions, and standard input is a pipe", ["a"])
  }

  @Test(
    "a standard stream that was closed is said to be, and no file takes its number",
    arguments: [("<&-", ["-", "b"], "standard input is closed"), (">&-", ["a", "-"], "standard output is closed")])
  func closedStream(_ redirection: String, _ ends: [String], _ sentence: String) async throws {
    let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" \(redirection)"]
    let running = try Running(["copy"] + ends, through: shell, in: place)
    expectFailure(await running.result(), sentence, ["a"])
  }

  @Test("with every standard stream closed a copy of files is done all the same")
  func closedStreams() async throws {
    let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" <&- >&- 2>&-"]
    #expect(await (try Running(["copy", "a", "b"], through: shell, in: place)).result().status == 0)
    #expect(try place.read("b") == place.read("a"))
    // The report has no place to go to.
    #expect(await (try Running(["copy", "--json", "a", "c"], through: shell, in: place)).result().status == 1)
  }

  @Test("nobody listens")
  func refused() async throws {
    let result = try await Program.run("copy", "a", "unix:gone", in: place)
    #expect(result.status == 1 && result.errors.hasPrefix("millrace: cannot connect to "))
  }

  @Test("--timeout ends a copy that is too slow, --idle-timeout one that stands still")
  func timeLimits() async throws {
    let slow = try await Program.run("copy", "--rate", "64K", "--timeout", "1", "a", "b", in: place)
    #expect(slow.status == 1)
    #expect(slow.errors.contains("millrace: not done within the time limit of 1.0 s after "))
    #expect(slow.errors.hasSuffix("; nothing was left behind\n"))
    let pipe = Pipe()
    let still = try await Program.run(
      "copy", "--idle-timeout", "0.2", "-", "b", input: pipe.fileHandleForReading, in: place)
    #expect(still.status == 1 && still.errors.contains("--idle-timeout"))
    try pipe.fileHandleForWriting.close()
    #expect(place.names == ["a"])
  }

  @Test(
    "--idle-timeout and --timeout end the waiting for a peer, with JSON",
    arguments: [
      ["tcp-listen://127.0.0.1:0", "b"], ["unix-listen:socket", "b"], ["fifo", "b"], ["a", "fifo"],
      ["unix:full", "b"],
    ])
  func waitingForPeer(_ ends: [String]) async throws {
    mkfifo(place.path("fifo"), 0o600)
    let listener = try FullListener(at: place, "full")
    defer { listener.close() }
    let idle = await (try Running(["copy", "--json", "--idle-timeout", "1"] + ends, in: place)).result()
    let report = try idle.report()
    #expect(idle.status == 1 && report["failureErrno"] as? String == "ETIMEDOUT")
    #expect((report["failure"] as? String)?.hasSuffix(" for as long as --idle-timeout allows") == true)
    #expect(report["failureSide"] as? String == (ends[0] == "a" ? "destination" : "source"))
    let late = await (try Running(["copy", "--json", "--timeout", "1"] + ends, in: place)).result()
    #expect(late.status == 1)
    #expect(try late.report()["failure"] as? String == "not done within the time limit of 1.0 s")
    #expect(place.names == ["a", "fifo", "full"])
  }

  @Test(
    "what cannot be understood is said, with what was expected; status 64",
    arguments: [
      (["copy", "a", "tcp://host"], "lacks a port"), (["copy", "a", "tcp://host:99999"], "'99999'"),
      (["copy", "a", "tcp://::1:80"], "stands in brackets"), (["copy", "http://host/x", "b"], "'http://' is none of"),
      (["copy", "--limit", "4X", "a", "b"], "not '4X'"), (["copy", "--rate", "0", "a", "b"], "1 byte or more"),
      (["copy", "--route", "teleport", "a", "b"], "not 'teleport'"),
      (["copy", "--timeout", "soon", "a", "b"], "not 'soon'"),
      (["copy", "a"], "Missing expected argument"), (["routes", "--bytes", "1"], "--bytes is from 64KiB"),
    ])
  func usage(_ arguments: [String], _ sentence: String) async throws {
    let result = await (try Running(arguments, in: place)).result()
    #expect(result.status == 64)
    #expect(result.errors.contains(sentence))
    #expect(place.names == ["a"])
  }
}

/// A Unix socket where nobody accepts, with as many in its backlog as it takes.
private struct FullListener {
  private let descriptors: [Int32]

  init(at place: Scratch, _ name: String) throws {
    // Relative names are short enough for sun_path; this process does not change its directory.
    let path = place.path(name)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let listener = socket(AF_UNIX, kind, 0)
    var all = [listener]
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    try withUnsafePointer(to: &address) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        try #require(bind(listener, address, size) == 0 && listen(listener, 0) == 0)
        // EAGAIN says that the backlog is full. connect(2)
        while case let client = socket(AF_UNIX, kind, 0), client >= 0 {
          all.append(client)
          if connect(client, address, size) != 0 { break }
        }
      }
    }
    descriptors = all
  }

  func close() { for descriptor in descriptors { Glibc.close(descriptor) } }
}

/// A small file system in memory.
struct Tmpfs {
  let path: String

  static let isPossible: Bool = {
    guard let place = try? Scratch(), let disk = try? Tmpfs(at: place.url.appendingPathComponent("probe"), size: "64k")
    else { return false }
    disk.unmount()
    return true
  }()

  init(at url: URL, size: String) throws {
    path = url.path
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(size)") == 0 else { throw POSIXError(.EPERM) }
  }

  func unmount() { umount(path) }
}
