import LinuxCalls
import Millrace
import SystemPackage

/// One scrubbing: two passes over the files. The first one finds which of them can be scrubbed, and what must not become
/// an image; the second one writes.
struct ScrubRun {
  let vocabulary: Vocabulary
  let identities: Identities
  let window: ScrubWindow
  let replacesExisting: Bool

  /// - Parameter directory: the output directory, resolved.
  func run(_ inputs: Inputs, into directory: String) async throws(ScrubError) -> ScrubSummary {
    var summary = ScrubSummary()
    summary.refusals = inputs.refusals
    var names = OutputNames(directory, TextScrubber(vocabulary, identities, window: window))
    var formats: [Format?] = []
    for item in inputs.items {
      try checkCancellation()
      do throws(RefusedContent) {
        _ = try names.scrubbed(item.name)
        formats.append(item.isDirectory ? nil : try survey(item))
      } catch {
        formats.append(nil)
        summary.refusals.append(ScrubSummary.Refusal(path: item.path, reason: error.reason))
      }
      try checkCancellation()
    }
    identities.isSurveying = false
    // Directories that could not be made, where nothing is written.
    var unusable: Set<String> = []
    for (item, format) in zip(inputs.items, formats) where item.isDirectory || format != nil {
      try checkCancellation()
      do throws(RefusedContent) {
        if let parent = item.parent, unusable.contains(parent) {
          throw RefusedContent("the directory for its copy cannot be made")
        }
        let path = try names.path(of: item)
        if let format {
          summary.bytesWritten += try await write(item, format, to: path, inputs)
          summary.filesWritten += 1
        } else {
          try makeDirectory(path)
        }
      } catch {
        try checkCancellation()
        if item.isDirectory { unusable.insert(item.path) }
        summary.refusals.append(ScrubSummary.Refusal(path: item.path, reason: error.reason))
      }
    }
    summary.counts = identities.counts
    return summary
  }

  private func checkCancellation() throws(ScrubError) {
    if Task.isCancelled { throw .cancelled }
  }

  // MARK: the first pass

  private func survey(_ item: Inputs.Item) throws(RefusedContent) -> Format {
    let file = try open(item)
    var format: Format?
    do throws(RefusedContent) {
      try pass(file, item, &format) { _ throws(RefusedContent) in }
    } catch {
      guard error.cause == .notJSON else { throw error }
      format = .text
      try pass(try open(item), item, &format) { _ throws(RefusedContent) in }
    }
    return format ?? .text
  }

  private func open(_ item: Inputs.Item) throws(RefusedContent) -> InputFile {
    let file: InputFile
    do throws(Errno) { file = try InputFile.open(item.path) } catch {
      throw RefusedContent("it cannot be read: \(error)")
    }
    guard file.facts.kind == .regular, file.facts.isSameFile(as: item.facts) else {
      throw RefusedContent("it was replaced while it was read")
    }
    return file
  }

  /// Reads the file through its scrubber. What comes out is given to `write` in pieces.
  private func pass(
    _ file: borrowing InputFile, _ item: Inputs.Item, _ format: inout Format?,
    _ write: (inout [UInt8]) throws(RefusedContent) -> Void
  ) throws(RefusedContent) {
    var buffer = [UInt8](repeating: 0, count: window.chunk)
    var output: [UInt8] = []
    var scrubber: ContentScrubber?
    while true {
      if Task.isCancelled { throw RefusedContent("it was not finished") }
      let count: Int
      do throws(Errno) { count = try file.read(into: &buffer) } catch {
        throw RefusedContent("it cannot be read: \(error)")
      }
      if scrubber == nil {
        let known: Format
        if let format {
          known = format
        } else {
          known = try Format.of(Array(buffer[..<min(count, Format.prefixLength)]), name: item.path)
        }
        format = known
        scrubber = ContentScrubber(known, vocabulary, identities, window: window)
      }
      if count == 0 { break }
      try scrubber?.feed(buffer[..<count], into: &output)
      if output.count >= window.chunk {
        try write(&output)
        output.removeAll(keepingCapacity: true)
      }
    }
    try scrubber?.end(into: &output)
    try write(&output)
  }

  // MARK: the second pass

  private func write(
    _ item: Inputs.Item, _ format: Format, to path: String, _ inputs: Inputs
  ) async throws(RefusedContent) -> Int {
    if let existing = try? Linux.facts(ofPathItself: path) {
      if inputs.has(existing) { throw RefusedContent("its copy would take the place of an input, \(path)") }
      guard existing.kind == .regular else { throw RefusedContent("there is something at \(path) that is no file") }
      guard replacesExisting else { throw RefusedContent("\(path) exists; --force replaces it") }
    }
    let staged: StagedFile
    do throws(EndpointError) {
      staged = try await StagedFile.begin(for: path, permissions: FilePermissions(rawValue: 0o666))
    } catch {
      throw RefusedContent("\(path) cannot be created: \(error.reason)")
    }
    do throws(RefusedContent) {
      let written = try fill(staged.file.fileDescriptor.rawValue, item, format)
      do throws(EndpointError) { try await staged.commit(replacing: replacesExisting) } catch {
        throw RefusedContent("\(path) cannot be written: \(error.reason)")
      }
      return written
    } catch {
      await staged.discard()
      throw error
    }
  }

  private func fill(_ descriptor: Int32, _ item: Inputs.Item, _ format: Format) throws(RefusedContent) -> Int {
    var written: Int64 = 0
    do throws(RefusedContent) {
      var known: Format? = format
      try pass(try open(item), item, &known) { bytes throws(RefusedContent) in
        try Self.write(bytes, to: descriptor, at: &written)
      }
    } catch {
      // The first pass found that it was.
      throw error.cause == .notJSON ? RefusedContent("it was changed while it was read") : error
    }
    return Int(written)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: inout Int64) throws(RefusedContent) {
    var done = 0
    while done < bytes.count {
      let result: Result<Int, Errno> = unsafe bytes.withUnsafeBytes { buffer in
        do throws(Errno) {
          let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
          return .success(unsafe try Linux.write(descriptor, at: offset, rest))
        } catch {
          return .failure(error)
        }
      }
      switch result {
      case .success(let count):
        done += count
        offset += Int64(count)
      case .failure(let errno): throw RefusedContent("its copy cannot be written: \(errno)")
      }
    }
  }

  private func makeDirectory(_ path: String) throws(RefusedContent) {
    do throws(Errno) { try Linux.makeDirectory(path) } catch {
      // A link could lead anywhere.
      guard error == .fileExists, (try? Linux.facts(ofPathItself: path))?.kind == .directory else {
        throw RefusedContent("the directory \(path) cannot be made: \(error)")
      }
    }
  }
}
