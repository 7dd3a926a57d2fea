import Foundation
import LinuxCalls
import Millrace

extension BenchEnvironment {
  /// What can be read of this machine; what cannot is not there.
  public static func probe(peers: [Peer] = []) -> BenchEnvironment {
    func line(_ path: String) -> String? {
      let text = ProcessTree.text(path).split(separator: "\n").first.map(String.init)
      return text.flatMap { $0.isEmpty ? nil : $0 }
    }
    func readable(_ names: [(String, String)]) -> [String: String] {
      Dictionary(uniqueKeysWithValues: names.compactMap { name, path in line(path).map { (name, $0) } })
    }
    let model = ProcessTree.text("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
    var limits = readable([
      ("pipe-max-size", "/proc/sys/fs/pipe-max-size"), ("pipe-user-pages-soft", "/proc/sys/fs/pipe-user-pages-soft"),
      ("somaxconn", "/proc/sys/net/core/somaxconn"), ("tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem"),
      ("tcp_wmem", "/proc/sys/net/ipv4/tcp_wmem"),
    ])
    limits["RLIMIT_NOFILE"] = "\(Linux.descriptorLimit)"
    return BenchEnvironment(
      kernel: line("/proc/sys/kernel/osrelease") ?? "unknown", architecture: architecture,
      processor: model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
      cores: Linux.cores, memory: ProcessFigures.field("MemTotal", ProcessTree.text("/proc/meminfo")) * 1024,
      limits: limits,
      settings: build.merging(
        readable([
          ("congestion-control", "/proc/sys/net/ipv4/tcp_congestion_control"),
          ("transparent-huge-pages", "/sys/kernel/mm/transparent_hugepage/enabled"),
          ("frequency-governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
          ("clock-source", "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
        ])
      ) { own, _ in own },
      versions: versions(of: peers))
  }

  /// Whether this program can be measured at all.
  private static var build: [String: String] {
    #if DEBUG
      ["build": "debug"]
    #else
      ["build": "release"]
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "aarch64"
    #else
      "unknown"
    #endif
  }

  /// The compiler that this was built by; later ones say the last that is known here.
  private static var swift: String {
    #if compiler(>=6.4)
      "6.4 or newer"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2 or older"
    #endif
  }

  private static func versions(of peers: [Peer]) -> [String: String] {
    var versions = ["millrace": MillraceVersion.text, "swift": swift]
    for peer in peers {
      let (command, arguments): (String, [String]) =
        switch peer {
        case .go: ("go", ["version"])
        case .nginx, .nginxCached: ("nginx", ["-v"])
        case .caddy: ("caddy", ["version"])
        case .haproxy: ("haproxy", ["-v"])
        case .c: ("cc", ["--version"])
        }
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = ["PATH=\(ProcessInfo.processInfo.environment["PATH"] ?? ""):/usr/sbin", command] + arguments
      process.standardOutput = pipe
      process.standardError = pipe
      guard (try? process.run()) != nil else { continue }
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      if process.terminationStatus == 0, let first = text.split(separator: "\n").first {
        versions[peer.rawValue] = String(first)
      }
    }
    return versions
  }
}
