import Foundation
import GitStore
import TestSupport
import Testing

/// The library that is preloaded into daypass and all it starts (`Shim/fault.c`): it numbers what
/// they write, and at one step lets the machine die or the disk fail.
struct Shim: Sendable {
  /// What happens at the chosen step.
  enum Fault: String, CaseIterable, Sendable {
    /// All processes of the run end in the midst of it.
    case machineDies = "kill"
    /// daypass alone ends; what it started goes on.
    case processDies = "killself"
    /// From then on nothing can be written: the disk is full, mounted read-only, the permission
    /// gone, the disk broken.
    case diskFull = "nospace"
    case readOnly = "readonly"
    case permissionLost = "denied"
    case diskBroken = "ioerror"
    /// From then on each write takes half of what it is given; no fault, but rarely tried.
    case shortWrites = "short"

    var kills: Bool { self == .machineDies || self == .processDies }
  }

  let library: String

  /// Compiled once for all tests; nil where there is no compiler or the program cannot be preloaded.
  static let shared = Task { try await Shim() }

  private init() async throws {
    // Outlives each test; gone with the process's directory of temporary files at the latest.
    sandbox = try Sandbox()
    library = sandbox.path("fault.so")
    let source = Hub.project + "/Tests/FaultTests/Shim/fault.c"
    var words = ""
    for compiler in ["cc", "clang", "gcc"] {
      let made = try? await sandbox.run([
        compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl",
      ])
      if made?.succeeded == true { return }
      words += made?.errorText ?? "\(compiler) is not there. "
    }
    throw ToolFailure(arguments: ["cc", source], words: words)
  }

  private let sandbox: Sandbox

  /// The variables that make programs run with it.
  ///
  /// - Parameters:
  ///   - directory: whose files count.
  ///   - record: beside which directory the run's record is kept; nil for that one.
  ///   - step: where the fault begins; nil only counts.
  ///   - only: the one program whose steps count; nil for all.
  func environment(
    below directory: String, _ fault: Fault? = nil, at step: Int? = nil, only: String? = nil,
    record: String? = nil
  ) throws -> [String: String?] {
    let record = record ?? directory
    let page = record + ".page"
    try Data(count: 16_384).write(to: URL(filePath: page))
    try? FileManager.default.removeItem(atPath: record + ".steps")
    return [
      "LD_PRELOAD": library, "FAULT_BELOW": directory + "/", "FAULT_PAGE": page,
      "FAULT_AT": step.map(String.init), "FAULT_DO": fault?.rawValue, "FAULT_ONLY": only,
      "FAULT_LOG": record + ".steps",
    ]
  }

  /// One thing that was written.
  struct Step: Sendable, CustomStringConvertible {
    let number: Int
    let description: String
    /// Whether it makes an object, a directory or a temporary file: most steps do, and all alike.
    var isCommon: Bool {
      ["/objects/", "./objects", " /tmp/"].contains { description.contains($0) }
    }

    /// The program and what it does: `git link`.
    private var kind: String {
      description.split(separator: " ").prefix(2).joined(separator: " ")
    }

    static func oneOfEachKind(_ steps: [Step]) -> [Step] {
      var chosen: Set<Int> = []
      var alike: [String: [Step]] = [:]
      func chooseAlike() {
        for many in alike.values {
          chosen.formUnion([0, many.count / 2, many.count - 1].map { many[$0].number })
        }
        alike = [:]
      }
      for step in steps {
        if step.isCommon {
          alike[step.kind, default: []].append(step)
        } else {
          chooseAlike()
          chosen.insert(step.number)
        }
      }
      chooseAlike()
      return steps.filter { chosen.contains($0.number) }
    }
  }

  /// How much is tried: `DAYPASS_FAULTS`.
  enum Thoroughness: String {
    /// Some steps.
    case few
    /// Every step that is not one of many alike, and of those alike that follow each other the
    /// first, the middle and the last of each kind.
    case all
    /// Each single step: a day or two.
    case every

    static let wanted =
      ProcessEnvironment.current["DAYPASS_FAULTS"].flatMap(Thoroughness.init) ?? .few

    /// - Returns: nil where a few are to be chosen.
    func choose(from steps: [Step]) -> [Step]? {
      switch self {
      case .few: nil
      case .all: Step.oneOfEachKind(steps)
      case .every: steps
      }
    }
  }

  /// What was written in the last run below that directory.
  static func steps(below directory: String) -> [Step] {
    let text = FileManager.default.contents(atPath: directory + ".steps") ?? Data()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let number = Int(words[0]) else { return nil }
      return Step(number: number, description: String(words[1]).replacing(directory, with: ""))
    }
  }
}
