// swift-tools-version: 6.2

import PackageDescription

// The limits are C at -O2 whatever the configuration: a debug build of the driver
// must not make the bar lower.
let optimised: [CSetting] = [.unsafeFlags(["-O2", "-std=gnu17", "-Wall", "-Wextra"])]

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("NonisolatedNonsendingByDefault")
]

let package = Package(
  name: "MillraceBenchmarks",
  dependencies: [
    .package(name: "millrace", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .target(name: "CBench", path: "Peers/c/common", cSettings: optimised),
    .executableTarget(
      name: "bare-splice",
      dependencies: ["CBench"],
      path: "Peers/c/relay",
      cSettings: optimised,
      linkerSettings: [.linkedLibrary("pthread")]
    ),
    .executableTarget(name: "bare-sendfile", dependencies: ["CBench"], path: "Peers/c/serve", cSettings: optimised),
    .executableTarget(name: "bench-load", dependencies: ["CBench"], cSettings: optimised),
    .executableTarget(
      name: "engine-subject",
      dependencies: [
        "CBench",
        .product(name: "Millrace", package: "millrace"),
        .product(name: "Reactors", package: "millrace"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "relay-subject",
      dependencies: [
        "CBench",
        .product(name: "MillraceServices", package: "millrace"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "engine-counts",
      dependencies: [
        .product(name: "Millrace", package: "millrace"),
        .product(name: "Reactors", package: "millrace"),
        .product(name: "MillraceEvidence", package: "millrace"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: swiftSettings
    ),
    .executableTarget(
      name: "engine-bench",
      dependencies: [
        "CBench",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings
    ),
  ],
  swiftLanguageModes: [.v6]
)
