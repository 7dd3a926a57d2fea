import Foundation

/// The programs of one measurement: started together, bounded by one deadline,
/// ended together however the measurement goes.
final class Crew {
  let deadline: Deadline
  private let programs: Programs
  private var children: [Child] = []
  private var directories: [String] = []

  /// Runs a measurement and leaves no process behind.
  static func with<Result>(
    _ programs: Programs, seconds: Int, _ measure: (Crew) throws -> Result
  ) throws -> Result {
    let crew = Crew(programs, seconds: seconds)
    defer {
      crew.children.reversed().forEach { $0.stop() }
      for directory in crew.directories { try? FileManager.default.removeItem(atPath: directory) }
    }
    return try measure(crew)
  }

  private init(_ programs: Programs, seconds: Int) {
    self.programs = programs
    deadline = Deadline(seconds: seconds)
  }

  /// Starts a program.
  func start(_ program: Program, _ arguments: [String]) throws -> Child {
    let child = try Child(programs.path(of: program), arguments)
    children.append(child)
    return child
  }

  /// Starts someone else's program.
  func start(_ command: [String]) throws -> Child {
    let child = try Child(command[0], Array(command.dropFirst()))
    children.append(child)
    return child
  }

  /// A directory of this measurement, gone with it.
  func removeLater(_ directory: String) { directories.append(directory) }

  /// Starts a program that listens, and waits until it does.
  func listen(_ program: Program, _ arguments: [String]) throws -> (child: Child, ports: [Int]) {
    let child = try start(program, arguments)
    let ready: Ready = try line(of: child)
    guard let ports = ready.ports ?? ready.port.map({ [$0] }), !ports.isEmpty else {
      throw Failure("\(child.name) did not say which port it listens on.")
    }
    return (child, ports)
  }

  /// The next line of a program's output, decoded.
  func line<Line: Decodable>(of child: Child, as type: Line.Type = Line.self) throws -> Line {
    let text = try child.line(before: deadline)
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw Failure("\(child.name) said something that was not expected: \(text)")
    }
  }
}

/// What a program says when it waits for others.
struct Ready: Decodable {
  var ready: Bool
  var port: Int?
  var ports: [Int]?
}
