import MillraceEvidence

/// What a package needs beside its tests to measure scenarios from them: a program that plays the roles.
@main
enum HarnessRoles {
  static func main() async { await BenchRole.run(CommandLine.arguments.last ?? "") }
}
