// swift-tools-version: 6.2
import PackageDescription

#if !os(Linux)
  #error("Millrace moves bytes by Linux system calls (splice, sendfile, epoll) and builds on Linux only.")
#endif

/// What every Swift target of the house is compiled with.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Raw pointers live in `LinuxCalls` and `Reactors`; everything above works on spans and says `unsafe` where it cannot.
let strict: [SwiftSetting] = settings + [.strictMemorySafety()]

let package = Package(
  name: "millrace",
  products: [
    .library(name: "Millrace", targets: ["Millrace"]),
    .library(name: "Reactors", targets: ["Reactors"]),
    .executable(name: "millrace", targets: ["millrace"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
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
    .executableTarget(
      name: "millrace",
      dependencies: [
        "Millrace", "LinuxCalls", "Reactors", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(name: "LinuxCallsTests", dependencies: ["LinuxCalls"], swiftSettings: settings),
    .testTarget(name: "ReactorsTests", dependencies: ["Reactors"], swiftSettings: settings),
    .testTarget(name: "CommandLineTests", dependencies: ["millrace", "Millrace"], swiftSettings: settings),
    // A copy in a process of its own, for the tests that look on from outside.
    .executableTarget(
      name: "CopyProbe", dependencies: ["Millrace"], path: "Tests/Support/CopyProbe", swiftSettings: settings),
    .testTarget(
      name: "MillraceTests", dependencies: ["Millrace", "Reactors", "LinuxCalls", "CopyProbe"], swiftSettings: settings),
  ]
)
