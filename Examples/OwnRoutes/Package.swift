// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "OwnRoutes",
  dependencies: [
    .package(name: "millrace", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "OwnRoutes",
      dependencies: [.product(name: "Millrace", package: "millrace")],
      swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")])
  ],
  swiftLanguageModes: [.v6]
)
