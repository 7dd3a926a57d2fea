import ArgumentParser
import MillraceEvidence

/// `millrace bench-role`: a process that `millrace bench` starts for itself.
struct BenchRoleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-role", abstract: "Plays a role in a measurement.", shouldDisplay: false)

  @Argument
  var role: String

  func run() async throws { await BenchRole.run(role) }
}
