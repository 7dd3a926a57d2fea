import Foundation

/// What one operation of the engine takes, counted and held to what it took when its line was written: no time is measured
/// here, and none is compared. A change there is a change of this program, with its reason.
@main
enum EngineCounts {
  static func main() async throws {
    let operations = files + streams + exchanges
    var wrong = 0
    for operation in operations {
      let taken = try await operation.count()
      let isRight = operation.expected.allows(taken)
      print(
        operation.name.padding(toLength: 48, withPad: " ", startingAt: 0), taken,
        isRight ? "" : "✗ not \(operation.expected)")
      if !isRight { wrong += 1 }
    }
    guard wrong > 0 else { return }
    print("\(wrong) of \(operations.count) operations take something else than they took")
    exit(EXIT_FAILURE)
  }
}
