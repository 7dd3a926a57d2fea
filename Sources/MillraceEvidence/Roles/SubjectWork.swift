import LinuxCalls
import Millrace
import Reactors
import SystemPackage

/// What the measured process does.
protocol SubjectWork: Sendable {
  /// Begins, and answers where it listens.
  func start() async throws -> UInt16?
  /// Does its own work for so long: of what nobody outside drives.
  func drive(_ extent: Load.Extent) async throws -> Load.Result
}

extension SubjectWork {
  func drive(_ extent: Load.Extent) async throws -> Load.Result {
    throw RoleFailure("this subject works when its clients ask")
  }
}

extension OwnSubject.Kind {
  func work(_ options: CopyOptions, _ reactors: Reactors, _ tally: RouteTally) -> any SubjectWork {
    switch self {
    case .relay(let upstream):
      options.routes == .automatic
        ? RelayWork(to: upstream, reactors, tally) : ExchangeWork(to: upstream, options, reactors, tally)
    case .serve(let path, let size): ServeWork(path, size, options, reactors, tally)
    case .store(let directory, let size): StoreWork(directory, size, options, reactors, tally)
    case .copyFile(let path, let directory, let size, let copies):
      CopyFileWork(path, directory, size, copies, options, reactors, tally)
    case .files(let root): FileServerWork(root, reactors)
    case .feed(let paths, let port): FeedWork(paths, port, options, reactors, tally)
    }
  }
}
