import Testing

/// Imports between rooms go one way, as docs/architecture.md says.
@Suite struct ImportTests {
  /// What each room may import besides the Swift standard library's own modules.
  static let table: [String: Set<String>] = {
    let rooms: Set<String> = [
      "Grants", "Policies", "Signatures", "History", "Ledger", "Reconciler", "Submission",
      "Emitters", "GitStore",
    ]
    return [
      "Clibcrypto": [], "Clibgit2": [], "Clibsodium": [], "Ctimex": [],
      "Grants": [], "History": [],
      "Policies": ["Grants", "Yams"],
      "Signatures": ["Clibsodium", "Clibcrypto"],
      "Ledger": [
        "Grants", "Policies", "Signatures", "History", "HashTreeCollections", "HeapModule",
      ],
      "Reconciler": ["Grants", "Policies", "History", "Ledger"],
      "Submission": ["Grants", "Policies", "History", "Ledger", "Reconciler"],
      "Emitters": ["Grants", "Reconciler"],
      "GitStore": ["Clibgit2", "History", "Signatures", "Submission", "Subprocess"],
      "daypass": rooms.union(["Ctimex", "ArgumentParser", "Logging", "Yams", "Subprocess"]),
      "TestSupport": rooms.union(["Clibsodium", "Clibcrypto", "Yams", "Subprocess"]),
    ]
  }()

  /// Rooms that read no clock, file, environment or network.
  static let pure: Set<String> = [
    "Grants", "Policies", "Signatures", "History", "Ledger", "Reconciler", "Emitters",
  ]

  static let standard: Set<String> = ["Swift", "Synchronization", "_Concurrency"]
  static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "FoundationInternationalization", "Glibc", "Dispatch",
    "SystemPackage", "System",
  ]

  @Test func everyRoomIsInTheTable() throws {
    #expect(try Repository.rooms() == Self.table.keys.sorted())
  }

  @Test func roomsImportOnlyWhatTheTableAllows() throws {
    for file in try Repository.swiftFiles(below: "Sources") {
      let allowed = (Self.table[file.room] ?? []).union(Self.standard).union(Self.system)
      for module in file.imports where !allowed.contains(module) {
        Issue.record("\(file) imports \(module), which \(file.room) may not")
      }
    }
  }

  @Test func pureRoomsImportNoSystem() throws {
    for file in try Repository.swiftFiles(below: "Sources") where Self.pure.contains(file.room) {
      for module in file.imports where Self.system.contains(module) {
        Issue.record("\(file) imports \(module); \(file.room) is pure")
      }
    }
  }

  @Test func onlyGitStoreImportsLibgit2() throws {
    let importers = try Repository.swiftFiles(below: "Sources")
      .filter { $0.imports.contains("Clibgit2") }.map(\.room)
    #expect(Set(importers) == ["GitStore"])
  }

  @Test func theTableHasNoCycle() {
    // A room is settled when everything it imports is.
    var settled: Set<String> = []
    var open = Set(Self.table.keys)
    while let next = open.first(where: { name in
      Self.table[name]?.intersection(Self.table.keys).isSubset(of: settled) ?? true
    }) {
      settled.insert(next)
      open.remove(next)
    }
    #expect(open.isEmpty, "in a cycle: \(open.sorted())")
  }

  @Test(arguments: [
    ("import Grants", "Grants"), ("@testable import Ledger", "Ledger"),
    ("package import struct History.ObjectID", "History"),
    ("@_spi(_Unicode) import Swift", "Swift"),
  ])
  func importLinesAreRead(line: String, module: String) {
    #expect(SourceFile(path: "Sources/Grants/X.swift", text: line).imports == [module])
  }
}
