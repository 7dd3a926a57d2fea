import Glibc
import LinuxCalls
import SystemPackage
import Testing

@Suite("The facts of a descriptor are the kernel's")
struct FileFactsTests {
  @Test("every kind of descriptor is known for what it is")
  func kinds() throws {
    let file = try temporaryFile()
    let folder = try Linux.open("/", .read)
    let device = try Linux.open("/dev/null", .readWrite)
    let pipe = try Linux.pipe()
    let pair = try Linux.socketPair(SocketType.stream)
    let epoll = try Linux.epollCreate()
    defer { release(file, folder, device, pipe.read, pipe.write, pair.0, pair.1, epoll) }

    #expect(try Linux.facts(of: file).kind == .regular)
    #expect(try Linux.facts(of: folder).kind == .directory)
    #expect(try Linux.facts(of: device).kind == .characterDevice)
    #expect(try Linux.facts(of: pipe.read).kind == .pipe)
    #expect(try Linux.facts(of: pipe.write).kind == .pipe)
    #expect(try Linux.facts(of: pair.0).kind == .socket)
    #expect(try Linux.facts(of: epoll).kind == .other)
  }

  @Test("what the kernel has at hand is the same where nobody else is to be asked")
  func known() throws {
    let file = try temporaryFile(pattern(5_000))
    let device = try Linux.open("/dev/null", .readWrite)
    let process = try Linux.open("/proc/version", .read)
    let pipe = try Linux.pipe()
    let pair = try Linux.socketPair(SocketType.stream)
    let all = [file, device, process, pipe.read, pair.0]
    defer { release(file, device, process, pipe.read, pipe.write, pair.0, pair.1) }

    for number in all { #expect(try Linux.knownFacts(of: number) == Linux.facts(of: number)) }
    #expect(throws: Errno.badFileDescriptor) { try Linux.knownFacts(of: -1) }
  }

  @Test("size, blocks, permissions, owner and links of a file")
  func details() throws {
    let file = try temporaryFile(pattern(5_000))
    defer { release(file) }
    try Linux.setPermissions(of: file, to: 0o640)

    let facts = try Linux.facts(of: file)

    #expect(facts.size == 5_000)
    #expect(facts.permissions == 0o640)
    #expect(facts.owner == geteuid())
    #expect(facts.links == 0)
  }

  @Test("a file with a hole takes fewer blocks than its size")
  func sparse() throws {
    let file = try temporaryFile()
    defer { release(file) }
    try Linux.truncate(file, to: 1 << 30)

    let facts = try Linux.facts(of: file)

    #expect(facts.size == 1 << 30)
    #expect(facts.blocks * 512 < facts.size)
  }

  @Test("one file by two ways is the same file, another is not")
  func sameFile() throws {
    let path = temporaryPath()
    let file = try Linux.open(path, [.create, .exclusive, .readWrite])
    defer {
      release(file)
      try? Linux.unlink(path)
    }
    let other = try temporaryFile()
    defer { release(other) }

    #expect(try Linux.facts(of: file).isSameFile(as: Linux.facts(ofPath: path)))
    #expect(try Linux.facts(of: file) == Linux.facts(ofPath: path))
    #expect(try !Linux.facts(of: file).isSameFile(as: Linux.facts(of: other)))
  }

  @Test("what is not there is ENOENT, what is not open EBADF")
  func missing() {
    #expect(throws: Errno.noSuchFileOrDirectory) { try Linux.facts(ofPath: temporaryPath()) }
    #expect(throws: Errno.badFileDescriptor) { try Linux.facts(of: -1) }
  }
}
