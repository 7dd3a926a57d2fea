import Foundation
import LinuxCalls
import Millrace
import SystemPackage
import Testing

@Suite("A file in the making") struct StagedFileTests {
  let folder: TempFolder
  private let old = Array("old".utf8)
  private let new = Array("new".utf8)

  init() throws { folder = try TempFolder() }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder("")).sorted() }
  }

  @Test("is closed before it gets its name: an error that only close(2) tells leaves the old file as it was")
  func closeFails() async throws {
    // Given an old file, and a new one whose writes fail when it is closed, as on NFS or over quota.
    try folder.write(old, to: "b")
    let staged = try await StagedFile.begin(for: folder("b"))
    try await copy(from: Bytes(new), to: staged.file)
    let token = Faults.shared.arm(
      Faults.Fault(.close, on: staged.file.fileDescriptor.rawValue, .error(.diskQuotaExceeded)))

    // When it is to become the destination.
    let error = await #expect(throws: EndpointError.self) { try await staged.commit(replacing: true) }

    // Then it does not, and says why.
    #expect(Faults.shared.disarm(token) == 1)
    #expect(error?.errno == .diskQuotaExceeded && error?.subject == folder("b"))
    #expect(try folder.read("b") == old)
    await staged.discard()
    #expect(try names == ["b"])
  }

  @Test("replaces the old file once, and leaves nothing open or behind")
  func commits() async throws {
    try folder.write(old, to: "b")
    let staged = try await StagedFile.begin(for: folder("b"))
    let number = staged.file.fileDescriptor.rawValue
    let names = [Descriptors.name(of: number), folder("b")]
    try await copy(from: Bytes(new), to: staged.file)
    try await staged.commit(replacing: true)
    #expect(try folder.read("b") == new)
    // Its name moves with it, open or not.
    #expect(Descriptors.stillOpen(Set(names.compactMap { $0 })).isEmpty)
    #expect(try self.names == ["b"])
  }

  @Test(
    "gets its name on the disk in the root, too", .enabled(if: access("/", W_OK) == 0, "the root cannot be written to"))
  func inTheRoot() async throws {
    let path = "/millrace-test-\(UUID().uuidString)"
    let staged = try await StagedFile.begin(for: path)
    try await copy(from: Bytes(new), to: staged.file)
    try await staged.commit(replacing: false)
    defer { unlink(path) }
    try await staged.syncDirectory()
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(new))
  }

  @Test("can still be committed after somebody else took the name and let it go")
  func nameTaken() async throws {
    let staged = try await StagedFile.begin(for: folder("b"))
    try await copy(from: Bytes(new), to: staged.file)
    try folder.write(old, to: "b")
    let error = await #expect(throws: EndpointError.self) { try await staged.commit(replacing: false) }
    #expect(error?.errno == .fileExists)
    try FileManager.default.removeItem(atPath: folder("b"))
    try await staged.commit(replacing: false)
    #expect(try folder.read("b") == new)
  }
}
