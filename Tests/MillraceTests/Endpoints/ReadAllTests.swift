import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("readAll")
struct ReadAllTests {
  static let sizes = [1, 4095, 65536, 65537, 1_000_000]

  /// That it is one allocation of exactly that `AllocationTests` counts.
  @Test("of a source whose size is known has no more room than that", arguments: sizes)
  func knownSize(_ size: Int) async throws {
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(Pattern.bytes(size))))

    let all = try await readAll(from: file)

    #expect(Pattern.difference(all, Pattern.bytes(size)) == nil)
    // The C library gives up to a page more than was asked for, and the array knows.
    #expect(all.capacity <= size + 4096, "\(all.capacity) for \(size)")
    let part = try await readAll(from: file.section(offset: 0, length: size / 2))
    #expect(part.count == size / 2)
    #expect(part.capacity <= size / 2 + 4096)
    file.close()
  }

  @Test("of a source whose size is not known wastes at most half", arguments: sizes)
  func unknownSize(_ size: Int) async throws {
    let source = try FedSource(.unix, Pattern.bytes(size))

    let all = try await source.rest()

    #expect(Pattern.difference(all, Pattern.bytes(size)) == nil)
    #expect(all.capacity <= size + max(size / 2, 65536) + 4096, "\(all.capacity) for \(size)")
  }

  @Test("of a file in /proc reads all of it, whatever its size is said to be")
  func proc() async throws {
    let file = try await File.open("/proc/self/status")
    let all = String(decoding: try await readAll(from: file), as: UTF8.self)
    #expect(all.hasPrefix("Name:"))
    #expect(all.contains("voluntary_ctxt_switches"))
    file.close()
  }

  static let roles: [EndRole] = [.file, .unix, .pipe]

  @Test("with a limit gets what is exactly as long", arguments: roles, [1, 4096, 100_000])
  func limitReached(_ role: EndRole, _ size: Int) async throws {
    let source = try FedSource(role, Pattern.bytes(size))
    func read(_ source: some ByteSource) async throws -> [UInt8] { try await readAll(from: source, limit: size) }
    #expect(try await read(source.endpoint) == Pattern.bytes(size))
    #expect(try await source.rest() == [])
  }

  @Test(
    "with a limit fails on the first byte more, with what was read as residue", arguments: roles, [0, 1, 4096, 100_000])
  func limitPassed(_ role: EndRole, _ limit: Int) async throws {
    let original = Pattern.bytes(limit + 1000)
    let source = try FedSource(role, original)
    func read(_ source: some ByteSource) async -> CopyError? {
      do throws(CopyError) {
        _ = try await readAll(from: source, limit: limit)
        return nil
      } catch {
        return error
      }
    }

    let error = try #require(await read(source.endpoint))

    guard case .overLimit(limit) = error.cause else { throw Missing("\(error)") }
    #expect(error.side == .source)
    #expect(error.description.hasPrefix("the source has more than the limit of \(limit) bytes"))
    #expect(error.residue.count > limit)
    // Nothing is lost: what was read and what is left are the original.
    #expect(try await error.residue.array + source.rest() == original)
  }

  @Test("that fails gives back everything it had read")
  func failure() async throws {
    try await Rig.onReactor { reactor in
      let (end, peer) = try PlainPair.tcp()
      let connection = try Connection(taking: FileDescriptor(rawValue: end))
      try peer.write(Pattern.bytes(5000))
      let reading = reactor.task { () -> CopyError? in
        do throws(CopyError) {
          _ = try await readAll(from: connection)
          return nil
        } catch {
          return error
        }
      }
      try await Rig.untilTaken(from: end)
      try await Rig.untilWaiting(on: reactor)

      peer.reset()

      let error = try #require(try await reading.value)
      #expect(error.errno == .connectionReset)
      #expect(error.residue.array == Pattern.bytes(5000))
      connection.close()
    }
  }

  @Test("of bytes in memory and of wrappers")
  func memory() async throws {
    #expect(try await readAll(from: Bytes("abc")) == Array("abc".utf8))
    let source = try FedSource(.pipe, Array("world".utf8))
    func read(_ source: some ByteSource) async throws -> [UInt8] {
      try await readAll(from: source.prefixed(by: Array("hello ".utf8)).limited(to: 9))
    }
    #expect(try await read(source.endpoint) == Array("hello wor".utf8))
    #expect(try await source.rest() == Array("ld".utf8))
  }
}
