import Millrace
import MillraceHTTP

/// What is served, and by which rules: all that can be changed while a server runs.
struct FileSite: Sendable {
  let finder: FileFinder
  let lister: DirectoryLister
  let uploads: UploadHandler?

  /// Opens the root and reads the types. Throws for a root that is no directory or cannot be read, and for fields that are none.
  init(_ configuration: FileServerConfiguration) async throws {
    try configuration.checkFields()
    let root = try ServedRoot(configuration.root, links: configuration.links)
    finder = FileFinder(configuration, root, try await Self.mediaTypes(configuration.mimeTypes))
    lister = DirectoryLister(configuration, root)
    uploads = configuration.upload.map { [finder] in UploadHandler($0, root, finder) }
  }

  private static func mediaTypes(_ path: String?) async throws -> MediaTypes {
    guard let path else {
      // The system's, where it has them.
      guard let file = try? await File.open("/etc/mime.types"),
        let bytes = try? await readAll(from: file, limit: 1 << 20)
      else { return .builtIn }
      return MediaTypes.builtIn.adding(mimeTypesFile: bytes)
    }
    let bytes = try await readAll(from: try await File.open(FilePath(path)), limit: 1 << 20)
    return MediaTypes.builtIn.adding(mimeTypesFile: bytes)
  }
}
