import ArgumentParser
import Millrace

/// Which routes a copy may take: all, or one to measure it alone.
enum RouteChoice: String, ExpressibleByArgument {
  case automatic, buffered, splice

  var options: CopyOptions {
    switch self {
    case .automatic: CopyOptions(routes: .automatic, passesEnd: true)
    case .buffered: CopyOptions(routes: .only(.buffered), passesEnd: true)
    case .splice: CopyOptions(routes: .only(.splice), passesEnd: true)
    }
  }
}
