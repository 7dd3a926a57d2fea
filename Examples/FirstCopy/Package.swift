// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "FirstCopy",
  dependencies: [
    .package(name: "millrace", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "FirstCopy",
      dependencies: [.product(name: "Millrace", package: "millrace")],
      swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")])
  ],
  swiftLanguageModes: [.v6]
)
