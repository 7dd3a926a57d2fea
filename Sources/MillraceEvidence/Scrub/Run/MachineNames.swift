import Glibc
import LinuxCalls
import SystemPackage

/// What a machine's files and logs call it, and the person at it.
public struct MachineNames: Sendable, Equatable {
  /// The machine's name and its full ones. All of them stand for one host.
  public var hosts: [String]
  /// Users, without root: that name every machine has.
  public var users: [String]
  /// Their home directories; user and directory at the same place of both lists.
  package var homes: [Home]

  package struct Home: Sendable, Equatable {
    package var path: String
    package var user: String

    package init(path: String, user: String) {
      self.path = path
      self.user = user
    }
  }

  /// None.
  public static let none = MachineNames(hosts: [], users: [], homes: [])

  package init(hosts: [String], users: [String], homes: [Home]) {
    self.hosts = hosts
    self.users = users
    self.homes = homes
  }

  /// Those of this machine and of the user who runs the process, be it by sudo(8). Full names are those that /etc/hosts and
  /// /etc/resolv.conf have: no server is asked.
  public static var current: MachineNames {
    var hosts: [String] = []
    let name = Linux.hostName
    if !name.isEmpty, !name.lowercased().hasPrefix("localhost") {
      let short = name.split(separator: ".").first.map(String.init) ?? name
      hosts = [name, short] + fullNames(of: short)
    }
    var users: [String] = []
    var homes: [Home] = []
    if let (name, home) = Linux.account(of: Linux.user) {
      users.append(name)
      homes.append(Home(path: home, user: name))
      if let home = variable("HOME") { homes.append(Home(path: home, user: name)) }
    }
    if let name = variable("SUDO_USER") { users.append(name) }
    return MachineNames(
      hosts: unique(hosts), users: unique(users.filter { $0 != "root" }), homes: homes.filter(\.isItsOwn))
  }

  private static func fullNames(of name: String) -> [String] {
    var names: [String] = []
    for line in lines(of: "/etc/hosts") {
      names += line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.dropFirst().map(String.init).filter {
        $0.lowercased().hasPrefix(name.lowercased() + ".")
      }
    }
    for line in lines(of: "/etc/resolv.conf") {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let first = words.first, first == "search" || first == "domain" else { continue }
      names += words.dropFirst().filter { $0 != "." }.map { "\(name).\($0)" }
    }
    return names
  }

  private static func lines(of path: String) -> [Substring] {
    guard let file = try? InputFile.open(path), let text = try? file.readAll(upTo: 1 << 20) else { return [] }
    return String(decoding: text, as: UTF8.self).split(separator: "\n")
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
  }
}

extension MachineNames.Home {
  /// Not one that is found by its form, or shared by all who have none.
  fileprivate var isItsOwn: Bool {
    let isShared = ["/", "/root", "/nonexistent", "/dev/null", "/var/empty", "/bin", "/sbin"].contains(path)
    return path.hasPrefix("/") && !isShared && !path.hasPrefix("/home/") && !path.hasPrefix("/Users/")
      && path.dropFirst().contains("/")
  }
}
