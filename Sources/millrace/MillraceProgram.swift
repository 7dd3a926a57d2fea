import ArgumentParser
import Millrace

/// `millrace`: what the library does, for a shell.
struct MillraceProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "millrace",
    abstract: "Moves bytes by the cheapest route the Linux kernel offers, and says which one it was.",
    discussion: """
      Start here:
        millrace routes                        what this machine can do, measured
        millrace copy big.iso /mnt/big.iso     a file: whole, or not at all
        millrace copy --explain a tcp://host:9000
        millrace scrub trace.txt lo.pcap --output for-upstream
      """,
    version: MillraceVersion.text,
    subcommands: [
      ServeCommand.self, CopyCommand.self, RelayCommand.self, RoutesCommand.self, BenchCommand.self, ScrubCommand.self,
      BenchRoleCommand.self,
    ])
}
