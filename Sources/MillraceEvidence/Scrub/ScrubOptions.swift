/// What a scrubbing looks for beside what has a form of its own, and what it may overwrite.
public struct ScrubOptions: Sendable {
  /// Names of the machine and person that the files speak of; those of this machine unless told otherwise.
  public var machine: MachineNames
  /// More names of hosts, of at least two characters. Names below one with a dot are found as well.
  public var hosts: [String]
  /// More names of users, of at least two characters.
  public var users: [String]
  /// Words that must not appear, of at least three characters: found inside other words, in any case, percent-encoded, in
  /// base64, and behind the escapes of JSON and HTML.
  public var secrets: [String]
  /// Whether copies that exist are replaced.
  public var replacesExisting: Bool
  /// How much of a line is looked at together.
  package var window = ScrubWindow()

  /// Options with what differs from the ordinary.
  public init(
    machine: MachineNames = .current, hosts: [String] = [], users: [String] = [], secrets: [String] = [],
    replacesExisting: Bool = false
  ) {
    self.machine = machine
    self.hosts = hosts
    self.users = users
    self.secrets = secrets
    self.replacesExisting = replacesExisting
  }
}
