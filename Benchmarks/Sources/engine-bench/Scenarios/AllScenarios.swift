/// Every scenario, in the order they run.
func allScenarios(idleConnections: Int) -> [any Scenario] {
  [
    RelayBulk(connections: 1),
    RelayBulk(connections: 16),
    FileBulk(connections: 1),
    FileBulk(connections: 16),
    EchoRelay(size: 64),
    EchoRelay(size: 4096),
    EchoRelay(size: 65536),
    IdleMemory(connections: idleConnections),
    Beside(),
    RelayBulk(connections: 1, lineup: .relay),
    RelayBulk(connections: 16, lineup: .relay),
    EchoRelay(size: 64, lineup: .relay),
    EchoRelay(size: 4096, lineup: .relay),
    EchoRelay(size: 65536, lineup: .relay),
    IdleBeside(connections: min(8000, 4 * idleConnections)),
    ShortConnections(),
  ]
}

/// Those a person named, by full name or by the beginning of it that stands
/// before a dash: `echo` is all three.
func scenarios(named names: [String], from all: [any Scenario]) throws -> [any Scenario] {
  if names.isEmpty { return all }
  for name in names where !all.contains(where: { $0.matches(name) }) {
    let known = all.map(\.name).joined(separator: ", ")
    throw Failure("there is no scenario '\(name)'; there are \(known).")
  }
  return all.filter { scenario in names.contains { scenario.matches($0) } }
}

extension Scenario {
  fileprivate func matches(_ word: String) -> Bool {
    name == word || name.hasPrefix(word + "-")
  }
}
