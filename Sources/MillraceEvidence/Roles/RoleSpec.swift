/// What a process of the harness does. The harness starts its own program for each, with this as JSON.
enum RoleSpec: Codable, Sendable {
  case farEnd(FarEnd.Spec)
  case load(Load.Spec)
  case subject(OwnSubject.Spec)
  /// Somebody else's program, by a shell's command; what it says goes to a file.
  case foreign(command: String, log: String)
}

/// A role, and where it is played.
struct RoleStart: Codable, Sendable {
  var spec: RoleSpec
  var seat: Seat?
}

/// What the harness tells a role.
enum RoleCommand: Codable, Sendable, Equatable {
  /// Work for so long.
  case work(seconds: Double)
  /// Do so many operations.
  case count(Int)
  /// Count from here on.
  case mark
  /// Look at the reactors every so many seconds, until the next report.
  case watch(interval: Double)
  /// What was counted since the mark.
  case report
}

/// What a role tells the harness.
enum RoleAnswer: Codable, Sendable {
  /// It listens, or its connections stand.
  case ready(port: UInt16?, process: Int32?)
  case done(Load.Result)
  case marked
  case counted(OwnSubject.Report)
  /// A program that was started ended by itself.
  case ended(String)
  /// It cannot go on: why.
  case failed(String)
}

/// What is wrong in the harness's own processes.
struct RoleFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
