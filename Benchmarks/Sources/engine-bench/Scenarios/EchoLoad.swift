/// The echo client: connected and warm once it exists, running when told to.
struct EchoLoad {
  /// Times in microseconds.
  struct Result: Decodable {
    var echoes: Int
    var seconds: Double
    var p50: Double
    var p99: Double
    var p999: Double
  }

  private let child: Child
  private let crew: Crew

  init(_ crew: Crew, port: Int, size: Int, connections: Int, count: Int) throws {
    self.crew = crew
    child = try crew.start(
      .load,
      [
        "echo", "--connect", String(port), "--size", String(size), "--connections",
        String(connections), "--count", String(count), "--gate",
      ])
    _ = try crew.line(of: child, as: Ready.self)
  }

  func run() throws -> Result {
    try child.go()
    let result: Result = try crew.line(of: child)
    try child.end(before: crew.deadline)
    return result
  }
}
