// swift-tools-version: 6.2
import PackageDescription

#if !os(Linux)
  #error("Millrace moves bytes by Linux system calls (splice, sendfile, epoll) and builds on Linux only.")
#endif

/// Whoever checks a change sets this (`.ci/run` does); whoever depends on the package is not bothered.
let strictness: [SwiftSetting] =
  Context.environment["MILLRACE_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// What every Swift target of the house is compiled with.
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + strictness

/// Raw pointers live in `LinuxCalls` and `Reactors`; everything above works on spans and says `unsafe` where it cannot.
let strict: [SwiftSetting] = settings + [.strictMemorySafety()]

let exampleSettings: [SwiftSetting] =
  [.swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault")] + strictness

let package = Package(
  name: "millrace",
  products: [
    .library(name: "Millrace", targets: ["Millrace"]),
    .library(name: "Reactors", targets: ["Reactors"]),
    .library(name: "MillraceHTTP", targets: ["MillraceHTTP"]),
    .library(name: "MillraceServices", targets: ["MillraceServices"]),
    .library(name: "MillraceEvidence", targets: ["MillraceEvidence"]),
    .executable(name: "millrace", targets: ["millrace"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    // For a test alone: its reader of HTTP is the one that ours is held against.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .target(name: "CLinux"),
    .target(
      name: "LinuxCalls",
      dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: settings),
    .target(
      name: "Reactors",
      dependencies: ["LinuxCalls", .product(name: "DequeModule", package: "swift-collections")],
      swiftSettings: settings),
    .target(
      name: "Millrace",
      dependencies: ["Reactors", "LinuxCalls", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: strict),
    .target(
      name: "MillraceHTTP",
      dependencies: [
        "Millrace", "Reactors", "LinuxCalls", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .target(
      name: "MillraceServices",
      dependencies: [
        "MillraceHTTP", "Millrace", "Reactors", "LinuxCalls",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Yams", package: "Yams"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .target(name: "CAllocations"),
    .target(
      name: "MillraceEvidence",
      dependencies: [
        "Millrace", "MillraceHTTP", "MillraceServices", "Reactors", "LinuxCalls", "CAllocations",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "millrace",
      dependencies: [
        "Millrace", "MillraceServices", "MillraceEvidence", "LinuxCalls", "Reactors",
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(name: "LinuxCallsTests", dependencies: ["LinuxCalls"], swiftSettings: settings),
    .testTarget(name: "ReactorsTests", dependencies: ["Reactors"], swiftSettings: settings),
    .testTarget(
      name: "MillraceHTTPTests",
      dependencies: [
        "MillraceHTTP", "Millrace", "Reactors", "LinuxCalls",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      resources: [.copy("Corpus")], swiftSettings: settings),
    .testTarget(
      name: "CommandLineTests", dependencies: ["millrace", "Millrace", "LinuxCalls", "HeadlessBrowser"],
      swiftSettings: settings),
    .testTarget(
      name: "MillraceEvidenceTests",
      dependencies: [
        "MillraceEvidence", "HarnessRoles", "HeadlessBrowser", "Millrace", "Reactors", "LinuxCalls",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "MillraceServicesTests",
      dependencies: [
        "MillraceServices", "MillraceHTTP", "Millrace", "Reactors", "LinuxCalls",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    // The examples see what any other package would: what is public.
    .executableTarget(
      name: "FirstCopy", dependencies: ["Millrace"], path: "Examples/FirstCopy", packageAccess: false,
      swiftSettings: exampleSettings),
    .executableTarget(
      name: "OwnRoutes", dependencies: ["Millrace"], path: "Examples/OwnRoutes", packageAccess: false,
      swiftSettings: exampleSettings),
    .executableTarget(
      name: "Downloads",
      dependencies: [
        "Millrace", "MillraceHTTP", "MillraceServices",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      path: "Examples/Downloads", packageAccess: false, swiftSettings: exampleSettings),
    // The roles of the harness, as a package has them that measures from its tests.
    .executableTarget(
      name: "HarnessRoles", dependencies: ["MillraceEvidence"], path: "Tests/Support/HarnessRoles",
      swiftSettings: settings),
    .target(name: "HeadlessBrowser", path: "Tests/Support/HeadlessBrowser", swiftSettings: settings),
    // A copy in a process of its own, for the tests that look on from outside.
    .executableTarget(
      name: "CopyProbe", dependencies: ["Millrace"], path: "Tests/Support/CopyProbe", swiftSettings: settings),
    // The same for those that count allocations.
    .executableTarget(
      name: "AllocationProbe", dependencies: ["Millrace", "LinuxCalls", "CAllocations"],
      path: "Tests/Support/AllocationProbe", swiftSettings: settings),
    .testTarget(
      name: "MillraceTests",
      dependencies: ["Millrace", "Reactors", "LinuxCalls", "CopyProbe", "AllocationProbe"], swiftSettings: settings),
  ]
)

// Under a sanitizer only what its tests need is built, `engine` or `services`, which need the engine: for what starts processes,
// and for the comparison with another reader of HTTP, there are the plain ones.
if let sanitized = Context.environment["MILLRACE_SANITIZED"] {
  var others = [
    "millrace", "MillraceEvidence", "FirstCopy", "OwnRoutes", "Downloads", "HarnessRoles", "HeadlessBrowser",
    "CommandLineTests", "MillraceEvidenceTests",
  ]
  if sanitized == "engine" { others += ["MillraceServices", "MillraceServicesTests"] }
  package.targets.removeAll { others.contains($0.name) }
  package.products.removeAll { others.contains($0.name) }
  for target in package.targets where target.name == "MillraceHTTPTests" {
    target.exclude = ["Differential", "Corpus"]
    target.resources = nil
    target.dependencies.removeAll {
      if case .productItem(_, "swift-nio", _, _) = $0 { true } else { false }
    }
  }
}
