import Millrace

/// Sections one after the other, as one source.
struct Joined: DirectByteSource {
  let parts: [FileSection]

  init(_ parts: [FileSection]) { self.parts = parts }

  /// For copies that must see the bytes.
  var sourceShape: SourceShape { .reader(Reader(parts)) }

  /// Every part goes by the best route there is to `sink`. An error speaks of the part that it happened in.
  func copyDirectly(to sink: any ByteSink, limit: Int?) async throws -> DirectCopy? {
    var delivered = 0
    for part in parts {
      let left = limit.map { $0 - delivered }
      if left == 0 { break }
      delivered += try await copy(from: part, to: sink, limit: left).delivered
    }
    return DirectCopy(delivered: delivered, name: "\(parts.count) sections in a row")
  }

  private actor Reader: ByteReader {
    var parts: ArraySlice<FileSection>
    var offset: Int64 = 0

    init(_ parts: [FileSection]) { self.parts = parts[...] }

    func read(upTo most: Int) async throws -> [UInt8] {
      while let part = parts.first {
        let rest = part.file.section(offset: part.offset + offset)
        let left = part.length.map { $0 - Int(offset) } ?? Int.max
        let bytes = try await readAll(from: rest.limited(to: min(most, left)))
        offset += Int64(bytes.count)
        if !bytes.isEmpty { return bytes }
        parts.removeFirst()
        offset = 0
      }
      return []
    }
  }
}
