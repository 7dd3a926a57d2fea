import LinuxCalls
import SystemPackage
import Testing

@testable import MillraceServices

@Suite("The root of a file server")
struct ServedRootTests {
  /// Runs `body` while opening beneath the root fails with EAGAIN for so many times; answers its result and how often it did.
  private func renaming<Value>(_ root: ServedRoot, times: Int?, _ body: () -> Value) -> (value: Value, struck: Int) {
    let token = Faults.shared.arm(
      .init(.open, on: root.directory, .error(.resourceTemporarilyUnavailable), times: times))
    let value = body()
    return (value, Faults.shared.disarm(token))
  }

  private func opening(_ root: ServedRoot, cachedOnly: Bool) -> Result<FileFacts, Errno> {
    Result { () throws(Errno) in
      let found = try root.open(Array("a".utf8), cachedOnly: cachedOnly)
      try? Linux.close(found.number)
      return found.facts
    }
  }

  /// given a path on which something is renamed whenever the kernel looks, which is EAGAIN (openat2(2)); when it is opened in
  /// the pool; then it is asked again, 32 times at most, and on a reactor not at all: there the same errno is a cold path's.
  @Test("is asked again in the pool where something was renamed on the way", arguments: [0, 1, 31, 32])
  func asksAgain(_ times: Int) throws {
    let folder = try Folder()
    try folder.write("content", to: "a")
    let root = try ServedRoot(folder.path, links: .inside)

    let inPool = renaming(root, times: times) { opening(root, cachedOnly: false) }
    #expect(inPool.struck == times)
    if times < 32 {
      #expect(try inPool.value.get().size == 7)
    } else {
      #expect(throws: Errno.resourceTemporarilyUnavailable) { try inPool.value.get() }
    }
    let onReactor = renaming(root, times: nil) { opening(root, cachedOnly: true) }
    #expect(onReactor.struck == 1)
    #expect(throws: Errno.resourceTemporarilyUnavailable) { try onReactor.value.get() }
  }
}
