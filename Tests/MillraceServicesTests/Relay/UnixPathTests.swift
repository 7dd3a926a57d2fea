import Foundation
import LinuxCalls
import Millrace
@testable import MillraceServices
import Reactors
import Testing

@Suite("The path of a Unix listener", .timeLimit(.minutes(8)))
struct UnixPathTests {
  private let path = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)").path
  private var exists: Bool { (try? Linux.facts(ofPathItself: path)) != nil }

  @Test("is gone when the relay has ended, however it did", arguments: [true, false])
  func removed(gracefully: Bool) async throws {
    let server = try TestServer.echo()
    try await RelayRig.run(listen: [.unix(path: path)], to: [server.target], reactors: 2) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      client.close()
      _ = await rig.log.connection(0)
      #expect(exists)
      if gracefully { try await rig.shutDown() } else { await rig.cancel() }
      #expect(!exists)
    }
    server.stop()
  }

  /// given a path that somebody else has bound meanwhile; when the relay ends; then it is the other's still.
  @Test("stays when it is another's by now")
  func stays() async throws {
    let server = try TestServer.echo()
    var other: Listener?
    try await RelayRig.run(listen: [.unix(path: path)], to: [server.target]) { _ in
      try Linux.unlink(path)
      other = try Listener.bind(to: try #require(Address(path: path)))
    }
    #expect(exists)
    try await Connection.connect(to: try #require(Address(path: path))).close()
    other?.close()
    try Linux.unlink(path)
    server.stop()
  }

  /// given something at the path that is no socket; when a relay is to listen there; then it cannot, for the path is taken,
  /// and what stands there is as it was.
  @Test("is taken when something else than a socket stands there, which stays", arguments: Other.allCases)
  func other(_ kind: Other) async throws {
    let files = FileManager.default
    let target = path + "-target"
    let bytes = Data("dear".utf8)
    switch kind {
    case .file: try bytes.write(to: URL(fileURLWithPath: path))
    case .directory:
      try files.createDirectory(atPath: path, withIntermediateDirectories: false)
      try bytes.write(to: URL(fileURLWithPath: path + "/inside"))
    case .link, .linkToAbandoned:
      if kind == .link { try bytes.write(to: URL(fileURLWithPath: target)) } else { try abandon(target) }
      try files.createSymbolicLink(atPath: path, withDestinationPath: target)
    }
    defer { for left in [path, target] { try? files.removeItem(atPath: left) } }
    let before = try Linux.facts(ofPathItself: path)
    let error = await #expect(throws: EndpointError.self) {
      try await RelayRig.run(listen: [.unix(path: path)], to: [UpstreamTarget(.tcp(host: "127.0.0.1", port: 1))]) {
        _ in
      }
    }
    #expect(error?.errno == .addressInUse)
    #expect(error.map { "\($0)" } == "cannot listen on unix:\(path): Address already in use")
    let after = try Linux.facts(ofPathItself: path)
    #expect(after == before)
    switch kind {
    case .file, .link: #expect(files.contents(atPath: path) == bytes)
    case .directory: #expect(files.contents(atPath: path + "/inside") == bytes)
    case .linkToAbandoned:
      let facts = try Linux.facts(ofPathItself: target)
      #expect(facts.kind == .socket)
    }
  }

  enum Other: CaseIterable { case file, directory, link, linkToAbandoned }

  /// given a socket at the path that nobody listens on any more; when a relay is to listen there; then it does.
  @Test("is free when a process that was killed has left its socket there")
  func abandoned() async throws {
    try abandon(path)
    let server = try TestServer.echo()
    try await RelayRig.run(listen: [.unix(path: path)], to: [server.target]) { rig in
      let client = try await rig.connect()
      try await client.write([1])
      #expect(try await client.read() == [1])
      client.close()
    }
    #expect(!exists)
    server.stop()
  }

  /// Leaves a socket as a process does that is killed.
  private func abandon(_ path: String) throws {
    let number = try Linux.socket(SocketFamily.unix, SocketType.stream)
    try Linux.bind(number, to: try #require(Address(path: path)).raw)
    try Linux.close(number)
  }

  /// given two addresses, the second of which is taken; when the relay cannot listen; then the path of the first is gone.
  @Test("is gone when the relay could not listen at everything")
  func failed() async throws {
    let taken = try Listener.bind(to: .loopback(port: 0))
    let error = await #expect(throws: EndpointError.self) {
      try await RelayRig.run(
        listen: [.unix(path: path), .tcp(host: "127.0.0.1", port: try #require(taken.address.port))],
        to: [UpstreamTarget(.tcp(host: "127.0.0.1", port: 1))]
      ) { _ in }
    }
    #expect(error?.errno == .addressInUse)
    #expect(!exists)
    taken.close()
  }

  /// given a listener that came from the process before, which bound the path; when the relay ends; then it removes the path
  /// if that process has left it to it, and not when a successor listens by then, or the one before still does.
  @Test("is for the last one to remove", arguments: Turn.allCases)
  func inherited(_ turn: Turn) async throws {
    let listener = try Listener.bind(to: try #require(Address(path: path)))
    let facts = try Linux.facts(ofPathItself: path)
    let name = SocketOrigin.bound(BoundPath(path, device: facts.device, inode: facts.inode)).descriptorName
    // This process is not its own parent: nobody is told to end.
    let inherited = try InheritedListeners(
      taking: [(try listener.duplicate(from: 0), name)], predecessor: Linux.process)
    let posts = try await ListenerBinder(
      options: ConnectionOptions(), reactors: .shared, inherited: inherited, reusesPort: false
    )
    .bind([.unix(path: path)])
    if turn != .first { posts.notePredecessorRelieved() }
    if turn == .successor { posts.noteHandedOn() }
    posts.end(atOnce: true)
    #expect(exists == (turn != .own))
    try? Linux.unlink(path)
    listener.close()
  }

  enum Turn: CaseIterable { case first, own, successor }
}
