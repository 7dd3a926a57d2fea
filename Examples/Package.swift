// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
let millrace: Target.Dependency = .product(name: "Millrace", package: "millrace")

let package = Package(
  name: "Examples",
  dependencies: [
    .package(name: "millrace", path: "..")
  ],
  targets: [
    .executableTarget(name: "FirstCopy", dependencies: [millrace], swiftSettings: settings),
    .executableTarget(name: "OwnRoutes", dependencies: [millrace], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
