import ArgumentParser

/// The engine as a person would use it, in a process of its own so that its CPU time
/// and memory can be told from those of the load.
@main
struct EngineSubject: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine-subject",
    abstract: "The measured Millrace program: a relay, or a server of one file.",
    subcommands: [RelayCommand.self, FileCommand.self])
}
