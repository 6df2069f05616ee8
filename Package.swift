// swift-tools-version: 6.3
import PackageDescription

/// Language mode 6 and warnings as errors in every room.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
]

// The rooms, and what each may import (docs/architecture.md). A test holds this table and the
// `import` lines of the sources together.
let package = Package(
  name: "daypass",
  products: [.executable(name: "daypass", targets: ["daypass"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .systemLibrary(
      name: "Clibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(
      name: "Clibsodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(
      name: "Clibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "Ctimex"),

    .target(name: "Grants", swiftSettings: strict),
    .target(name: "History", swiftSettings: strict),
    .target(
      name: "Policies", dependencies: ["Grants", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(
      name: "Signatures", dependencies: ["Clibsodium", "Clibcrypto"], swiftSettings: strict),
    .target(
      name: "Ledger",
      dependencies: [
        "Grants", "Policies", "Signatures", "History",
        .product(name: "HashTreeCollections", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      swiftSettings: strict),
    .target(
      name: "Reconciler", dependencies: ["Grants", "Policies", "History", "Ledger"],
      swiftSettings: strict),
    .target(
      name: "Submission",
      dependencies: ["Grants", "Policies", "History", "Ledger", "Reconciler"],
      swiftSettings: strict),
    .target(
      name: "Emitters", dependencies: ["Grants", "Reconciler"], swiftSettings: strict),
    .target(
      name: "GitStore",
      dependencies: [
        "Clibgit2", "History", "Signatures", "Submission",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "daypass",
      dependencies: [
        "Grants", "Policies", "Signatures", "History", "Ledger", "Reconciler", "Submission",
        "Emitters", "GitStore", "Ctimex",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport",
      dependencies: [
        "Grants", "Policies", "Signatures", "History", "Ledger", "Reconciler", "Submission",
        "GitStore", "Clibcrypto",
      ],
      swiftSettings: strict),
    .target(
      name: "BenchRepository",
      dependencies: [
        "Grants", "History", "Signatures", "Ledger", "Submission", "GitStore", "TestSupport",
        "Clibgit2", "Clibcrypto",
        .product(name: "HeapModule", package: "swift-collections"),
      ],
      path: "Tests/BenchRepository", swiftSettings: strict),
    .executableTarget(
      name: "daypass-bench",
      dependencies: [
        "BenchRepository", "Grants", "History", "Signatures", "GitStore", "TestSupport",
        "Clibsodium",
      ],
      path: "Tests/Bench", exclude: ["sweep-peer.py"], swiftSettings: strict),
    .executableTarget(
      name: "daypass-model", dependencies: ["Grants", "History", "Ledger", "TestSupport"],
      path: "Tests/Model/Histories", swiftSettings: strict),
    .target(
      name: "FuzzProperties", dependencies: ["Grants", "Policies", "Signatures", "History"],
      path: "Tests/Fuzz/Properties", swiftSettings: strict),
    .executableTarget(
      name: "daypass-fuzz", dependencies: ["FuzzProperties"], path: "Tests/Fuzz/Runner",
      swiftSettings: strict),

    .testTarget(
      name: "GrantsTests", dependencies: ["Grants", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "HistoryTests", dependencies: ["History", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "PoliciesTests", dependencies: ["Policies", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "SignaturesTests",
      dependencies: ["Signatures", "TestSupport", "Clibsodium", "Clibcrypto"],
      swiftSettings: strict),
    .testTarget(
      name: "LedgerTests", dependencies: ["Ledger", "Reconciler", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ModelTests", dependencies: ["Ledger", "GitStore", "TestSupport"], swiftSettings: strict
    ),
    .testTarget(
      name: "ReconcilerTests", dependencies: ["Reconciler", "Emitters", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SubmissionTests", dependencies: ["Submission", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "GitStoreTests", dependencies: ["GitStore", "Signatures", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["daypass", "TestSupport"],
      exclude: ["hostile-remote.py"], swiftSettings: strict),
    .testTarget(
      name: "ScenarioTests", dependencies: ["daypass", "GitStore", "TestSupport"],
      exclude: ["Scenarios"], swiftSettings: strict),
    .testTarget(
      name: "AttackTests",
      dependencies: [
        "daypass", "Grants", "History", "Signatures", "Ledger", "Reconciler", "GitStore",
        "TestSupport",
      ], exclude: ["README.md"], swiftSettings: strict),
    .testTarget(
      name: "BenchTests",
      dependencies: ["BenchRepository", "Grants", "History", "Ledger", "GitStore", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "FaultTests", dependencies: ["daypass", "Ledger", "GitStore", "TestSupport"],
      exclude: ["Shim"], swiftSettings: strict),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzProperties", "daypass", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ArchitectureTests", dependencies: ["Grants", "Ledger"], swiftSettings: strict),
  ]
)
