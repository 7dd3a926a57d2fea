// swift-tools-version: 6.2

import PackageDescription

// The limits are C at -O2 whatever the configuration: a debug build must not make the bar lower.
let optimised: [CSetting] = [.unsafeFlags(["-O2", "-std=gnu17", "-Wall", "-Wextra"])]

let package = Package(
  name: "MillraceBenchmarks",
  dependencies: [
    .package(name: "millrace", path: ".."),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // Built anew by the harness where they are measured; here so that a compiler looks at them.
    .target(name: "CBench", path: "Peers/c/common", cSettings: optimised),
    .executableTarget(name: "bench-relay", dependencies: ["CBench"], path: "Peers/c/relay", cSettings: optimised),
    .executableTarget(name: "bench-http", dependencies: ["CBench"], path: "Peers/c/http", cSettings: optimised),
    .executableTarget(name: "bench-files", dependencies: ["CBench"], path: "Peers/c/files", cSettings: optimised),
    .executableTarget(
      name: "engine-counts",
      dependencies: [
        .product(name: "Millrace", package: "millrace"),
        .product(name: "Reactors", package: "millrace"),
        .product(name: "MillraceEvidence", package: "millrace"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
    ),
  ],
  swiftLanguageModes: [.v6]
)
