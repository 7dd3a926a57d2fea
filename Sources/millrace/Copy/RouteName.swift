import ArgumentParser
import Millrace

/// The routes a person can ask for: those between two ends that have descriptors.
enum RouteName {
  static let all: [Route] = [.sendfile, .copyFileRange, .splice, .pipedSplice, .buffered]

  static func route(argument: String) throws -> Route {
    guard let route = all.first(where: { $0.rawValue == argument }) else {
      throw ValidationError("a route is one of \(list); not '\(argument)'")
    }
    return route
  }

  static var list: String { all.map(\.rawValue).joined(separator: ", ") }
}
