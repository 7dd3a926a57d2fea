import ArgumentParser
import Millrace

/// Which routes a copy may take: all, or one to measure it alone.
enum RouteChoice: String, ExpressibleByArgument {
  case automatic, buffered, splice

  var options: CopyOptions {
    switch self {
    case .automatic: CopyOptions(passesEnd: true, routes: .automatic)
    case .buffered: CopyOptions(passesEnd: true, routes: .only(.buffered))
    case .splice: CopyOptions(passesEnd: true, routes: .only(.pipedSplice))
    }
  }
}
