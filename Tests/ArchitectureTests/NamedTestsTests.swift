import Foundation
import Testing

/// The pages that say which test tries what name tests that exist. (That the attacks they name exist
/// is seen to beside the attacks.)
@Suite struct NamedTestsTests {
  static let pages = ["docs/threat-model.md", "Tests/AttackTests/README.md"]

  /// `Room/SuiteTests`, `Room/SuiteTests/function`, and `SuiteTests/function` where one room alone
  /// has that suite.
  @Test(arguments: pages)
  func namedSuitesAndFunctionsExist(page: String) throws {
    let files = try Repository.swiftFiles(below: "Tests")
    let names = Self.testNames(in: try Repository.text(page))
    #expect(names.count > 5)
    for name in names {
      #expect(Self.exists(name, in: files), "\(page) names \(name), which is no test")
    }
  }

  @Test(arguments: pages)
  func nothingIsPromisedUntried(page: String) throws {
    let rows = Self.rows(in: try Repository.text(page))
    #expect(rows.count > 20)
    for row in rows {
      let isTried =
        !Self.quoted(row.tried).isEmpty || !Self.testNames(in: row.tried).isEmpty
        || row.tried.contains("every run of every attack")
      #expect(isTried, "\(page): nobody tries: \(row.what)")
    }
  }

  @Test func whatDoesNotExistIsNoticed() throws {
    let files = [
      SourceFile(
        path: "Tests/LedgerTests/X.swift",
        text: "struct HoleTests {\n  @Test func one() {}\n  func helper() {}\n}\n")
    ]
    for name in ["LedgerTests/HoleTests", "LedgerTests/HoleTests/one", "HoleTests/one"] {
      #expect(Self.exists(name, in: files))
    }
    for name in [
      "LedgerTests/HolesTests", "GrantsTests/HoleTests", "LedgerTests/HoleTests/two",
      "HoleTests/two", "LedgerTests/HoleTests/helper",
    ] {
      #expect(!Self.exists(name, in: files))
    }
    let page =
      "| promise | tried by |\n| --- | --- |\n| a | \"b\", `C/DTests` |\n\n| x | y |\n| u | v |\n"
    #expect(Self.rows(in: page).map(\.what) == ["a"])
    #expect(Self.rows(in: page).flatMap { Self.quoted($0.tried) } == ["b"])
  }

  /// What stands between backquotes and has the form of a test's name.
  private static func testNames(in text: String) -> [String] {
    text.matches(of: /`((?:\w+Tests\/)+\w+)`/).map { String($0.output.1) }
  }

  private static func quoted(_ text: String) -> [String] {
    text.matches(of: /"([^"]+)"/).map { String($0.output.1) }
  }

  /// The rows of the tables whose last column is headed "tried by".
  private static func rows(in page: String) -> [(what: String, tried: String)] {
    var result: [(String, String)] = []
    var isInside = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        isInside = false
        continue
      }
      let cells = line.dropFirst().split(separator: "|").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard cells.count >= 2, let last = cells.dropLast(cells.last == "" ? 1 : 0).last else {
        continue
      }
      if last == "tried by" {
        isInside = true
      } else if isInside, !last.hasPrefix("---") {
        result.append((cells[0], last))
      }
    }
    return result
  }

  /// Whether a function of the suite, or the suite, is a test there.
  private static func exists(_ name: String, in files: [SourceFile]) -> Bool {
    let parts = name.split(separator: "/").map(String.init)
    let suites = parts.indices.filter { declares(parts[$0], in: files, room: parts[..<$0].first) }
    guard let suite = suites.last else { return false }
    if suite == parts.count - 1 { return true }
    guard suite == parts.count - 2 else { return false }
    let pattern = "func \(parts[suite + 1])("
    return files.contains { file in
      guard file.speaks(of: parts[suite]), parts[..<suite].first.map({ $0 == file.room }) ?? true
      else { return false }
      // An attribute of some lines may stand between `@Test` and the function.
      let pieces = file.text.components(separatedBy: pattern)
      return pieces.dropLast().contains { before in
        let attribute = before.range(of: "@Test", options: .backwards)
        guard let attribute else { return false }
        return !before[attribute.upperBound...].contains("func ")
      }
    }
  }

  private static func declares(
    _ suite: String, in files: [SourceFile], room: String?
  ) -> Bool {
    files.contains {
      $0.text.contains("struct \(suite) ") && (room == nil || room == $0.room)
    }
  }
}

extension SourceFile {
  /// Whether it declares the suite or a part of it.
  fileprivate func speaks(of suite: String) -> Bool {
    text.contains("struct \(suite) ") || text.contains("extension \(suite) ")
  }
}
