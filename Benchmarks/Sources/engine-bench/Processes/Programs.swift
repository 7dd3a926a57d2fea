import Foundation

/// The programs a measurement consists of.
enum Program: String {
  case bareSplice = "bare-splice"
  case bareSendfile = "bare-sendfile"
  case load = "bench-load"
  case engine = "engine-subject"
  case relay = "relay-subject"
}

/// Where the programs are: in the directory this one was started from, where
/// `swift build` puts them all.
struct Programs {
  let directory: String

  init() throws {
    let manager = FileManager.default
    guard let own = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
      let slash = own.lastIndex(of: "/")
    else {
      throw Failure("the directory of this program cannot be found in /proc/self/exe.")
    }
    directory = String(own[..<slash])
  }

  func path(of program: Program) -> String {
    "\(directory)/\(program.rawValue)"
  }

  func check(_ program: Program) throws {
    guard access(path(of: program), X_OK) == 0 else {
      throw Failure("\(program.rawValue) is not built: run 'swift build -c release' first.")
    }
  }
}
