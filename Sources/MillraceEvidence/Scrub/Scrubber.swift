import LinuxCalls
import SystemPackage

/// Makes files fit to share: copies them without the names, addresses and secrets in them.
///
/// ```swift
/// let scrubber = try Scrubber(options: ScrubOptions(secrets: ["project x"]))
/// let summary = try await scrubber.scrub(["trace.txt", "captures"], into: "for-upstream")
/// print(summary.counts[.ipAddress], summary.refusals)
/// ```
///
/// Text, JSON, HTML, pcap and pcapng are understood; a file that is none of these is refused and not copied. What was
/// replaced has the same placeholder in every file of a call. <doc:Scrub> says what is found, and what is not.
public struct Scrubber: Sendable {
  private let options: ScrubOptions
  private let vocabulary: Vocabulary

  /// - Throws: ``ScrubError/unusableName(_:reason:)`` for a name that would be found everywhere.
  public init(options: ScrubOptions = ScrubOptions()) throws(ScrubError) {
    self.options = options
    for (names, least) in [(options.hosts, 2), (options.users, 2), (options.secrets, 3)] {
      for name in names where name.count < least {
        throw ScrubError.unusableName(name, reason: "it is shorter than \(least) characters")
      }
      for name in names where name.contains("\n") || name.contains("\r") {
        throw ScrubError.unusableName(name, reason: "it is more than one line")
      }
    }
    vocabulary = Vocabulary(
      hosts: options.machine.hosts + options.hosts, users: options.machine.users + options.users,
      homes: options.machine.homes.map { ($0.path, $0.user) }, secrets: options.secrets)
  }

  /// Writes a scrubbed copy of each file at or below `paths` into `directory`, which is made if need be.
  ///
  /// A file is at `directory`/NAME, a directory's files are below `directory`/NAME as they were; names are scrubbed as
  /// well. A copy appears under its name only when it is whole. The originals are only read. What cannot be scrubbed is
  /// in ``ScrubSummary/refusals``, and does not keep the others from being written.
  ///
  /// Every file is read two times. Reading and writing block the thread that this runs on, which is one of the global
  /// executor's. If the task is cancelled, the copies that are whole stay.
  ///
  /// - Throws: ``ScrubError`` if there is nothing to be done at all: the directory is inside an input or cannot be made, or
  ///   the task was cancelled.
  @concurrent
  public func scrub(_ paths: [String], into directory: String) async throws(ScrubError) -> ScrubSummary {
    let output = try OutputDirectory.resolved(directory)
    let inputs = try Inputs(paths, output: output)
    try OutputDirectory.make(output)
    let run = ScrubRun(
      vocabulary: vocabulary, identities: Identities(aliases: aliases), window: options.window,
      replacesExisting: options.replacesExisting)
    return try await run.run(inputs, into: output)
  }

  /// The names of this machine are all its first one.
  private var aliases: [String: String] {
    let names = options.machine.hosts.map { $0.lowercased() }
    guard let first = names.first else { return [:] }
    return Dictionary(names.map { ($0, first) }) { first, _ in first }
  }
}
