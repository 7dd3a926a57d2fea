import LinuxCalls

/// Which cores a process of the harness runs on, and how it stands back there. What it starts inherits both.
///
/// Where operations are timed beside others' work, what is measured has a core of its own: else their times are those of waiting
/// for a core that a load has.
struct Seat: Codable, Sendable {
  /// Numbers of cores; nil is all.
  var cores: [Int]?
  /// How far it steps back behind others on a core, 0 to 19. nice(2)
  var niceness: Int32 = 0

  /// The first of the cores, for what is measured. Nil where there is one alone.
  static var ofSubject: Seat { Seat(cores: split.map { [$0.first] }) }
  /// The others.
  static var ofLoad: Seat { Seat(cores: split?.rest) }
  /// The same, behind the load whose operations are timed.
  static var ofCompany: Seat { Seat(cores: split?.rest, niceness: 19) }

  private static var split: (first: Int, rest: [Int])? {
    let cores = Linux.coreNumbers
    guard cores.count > 1 else { return nil }
    return (cores[0], Array(cores[1...]))
  }

  /// Takes it, with all threads that there are. A kernel that refuses leaves them where they are.
  func take() {
    for thread in ProcessTree.tasks(of: Linux.process).compactMap({ Int32($0) }) {
      if let cores { try? Linux.run(thread: thread, on: cores) }
      if niceness > 0 { try? Linux.stepBack(thread: thread, by: niceness) }
    }
  }
}
