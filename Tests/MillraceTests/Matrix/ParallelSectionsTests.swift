import Millrace
import Testing

@Suite("One file, many copies at once")
struct ParallelSectionsTests {
  /// given one open file; when 32 sections of it, overlapping, are sent at once to 32 sockets on two reactors; then each
  /// peer gets its own section whole, by sendfile, and the position of the file has not moved.
  @Test("32 sections go to 32 sockets at the same time")
  func toSockets() async throws {
    let (count, length) = (32, 200_000)
    let bytes = Pattern.bytes(count * 50_000 + length)
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make(bytes)))
    file.position = 77
    let reactors = try MatrixReactor(count: 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        let (engine, peer) = try index % 2 == 0 ? PlainPair.unix() : PlainPair.tcp()
        let arrived = startThread { try peer.read() }
        let copying = reactors.group.all[index / 2 % 2].task {
          let connection = try Connection(taking: FileDescriptor(rawValue: engine))
          let report = try await copy(from: file.section(offset: Int64(index * 50_000), length: length), to: connection)
          connection.close()
          return report
        }
        group.addTask {
          let report = try await copying.value
          #expect(report.bytesByRoute == [.sendfile: length])
          let difference = Pattern.difference(
            try await arrived.value, Array(bytes[(index * 50_000)..<(index * 50_000 + length)]))
          #expect(difference == nil, "section \(index)")
        }
      }
      try await group.waitForAll()
    }
    #expect(file.position == 77)
    try await reactors.expectNothingLeased()
  }

  /// given one file as sink; when 32 sections of it are filled at once from 32 sockets; then each has its own bytes.
  @Test("32 sockets fill 32 sections at the same time")
  func fromSockets() async throws {
    let (count, length) = (32, 100_000)
    let bytes = Pattern.bytes(count * length)
    let file = File(taking: FileDescriptor(rawValue: try PlainFile.make([])))
    let reactors = try MatrixReactor(count: 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        let (engine, peer) = try PlainPair.unix()
        let part = Array(bytes[(index * length)..<((index + 1) * length)])
        let fed = startThread {
          try peer.write(part)
          peer.finishWriting()
        }
        let copying = reactors.group.all[index % 2].task {
          let connection = try Connection(taking: FileDescriptor(rawValue: engine))
          return try await copy(from: connection, to: file.section(offset: Int64(index * length), length: length))
        }
        group.addTask {
          #expect(try await copying.value.bytesByRoute == [.pipedSplice: length])
          try await fed.value
        }
      }
      try await group.waitForAll()
    }
    #expect(Pattern.difference(try PlainFile.contents(of: file.fileDescriptor.rawValue), bytes) == nil)
    try await reactors.expectNothingLeased()
  }
}
