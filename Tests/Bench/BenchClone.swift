import BenchRepository
import Foundation
import TestSupport

/// A repository that one bar may change.
struct BenchClone {
  /// What a command begins at: the branch and what was verified.
  struct State {
    let head: String
    fileprivate let checkpoint: Data
  }

  typealias Wish = BranchMaker.Wish

  let path: String
  let ground: Ground
  let people: BenchPeople

  // MARK: States

  private var reference: URL { URL(fileURLWithPath: path + "/refs/heads/main") }

  private func checkpointFile() throws -> URL {
    let folder = path + "/daypass"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    guard let name = names.first(where: { $0.hasPrefix("checkpoint-") && !$0.hasSuffix(".tmp") })
    else { throw ToolFailure(arguments: ["bench"], words: "no checkpoint in \(folder)") }
    return URL(fileURLWithPath: "\(folder)/\(name)")
  }

  /// The branch and the checkpoint as they are.
  func state() throws -> State {
    let head = try String(contentsOf: reference, encoding: .utf8).filter(\.isHexDigit)
    return State(head: head, checkpoint: try Data(contentsOf: checkpointFile()))
  }

  /// The branch stands there, and what is known is what was known then.
  func restore(head: State, known: State) throws {
    try Data("\(head.head)\n".utf8).write(to: reference, options: .atomic)
    try known.checkpoint.write(to: checkpointFile(), options: .atomic)
  }

  /// Bytes of objects that are in no pack, as files.
  func looseBytes() throws -> Int {
    var bytes = 0
    let folder = path + "/objects"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.count == 2 {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)") {
        let facts = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)/\(file)")
        bytes += (facts[.size] as? Int) ?? 0
      }
    }
    return bytes
  }

  /// Takes away what was written since everything was packed.
  func dropLoose() throws {
    let folder = path + "/objects"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.count == 2 {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// A clone with files, as `daypass join` makes it.
  func joined(_ name: String, sparse: Bool) throws -> BenchClone {
    let folder = "\(path)-\(name)"
    let (root, _) = try git("config", "daypass.root").reading(ground.directory + "/root")
    let arguments = [ground.daypass, "join", path, root.filter(\.isHexDigit), folder]
    _ = try ground.program(arguments + (sparse ? ["--sparse"] : [])).run()
    return BenchClone(path: folder, ground: ground, people: people)
  }

  // MARK: Commands

  func daypass(_ arguments: String...) throws -> Program {
    try ground.program([ground.daypass] + arguments + ["-C", path])
  }

  func git(_ arguments: String...) throws -> Program {
    try ground.program(["git", "-C", path] + arguments)
  }

  /// Asks, and says which id it has become.
  func request(_ wish: Wish) throws -> (id: String, cost: Cost) {
    let arguments = [
      ground.daypass, "request", wish.role, "--for", "8h", "--why", "measure how long this takes",
      "--scope", "system=\(wish.system)", "--no-push", "-o", "json", "-C", path,
    ]
    let (text, cost) = try ground.program(arguments, as: wish.person)
      .reading(ground.directory + "/request.json")
    guard let answer = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let grants = answer["grants"] as? [[String: Any]], let id = grants.first?["id"] as? String
    else { throw ToolFailure(arguments: arguments, words: "no id in \(text)") }
    return (id, cost)
  }

  func approve(_ id: String, as person: BenchPeople.Person) throws -> Cost {
    try ground.program([ground.daypass, "approve", id, "-o", "json", "-C", path], as: person).run()
  }

  /// All open grants, as `daypass list` prints them.
  func list() throws -> [[String: Any]] {
    let (text, _) = try daypass("list", "-o", "json").reading(ground.directory + "/list.json")
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
  }

  /// What can be asked for without anybody holding it.
  func wishes(_ count: Int) throws -> [Wish] {
    let held = Set(
      try list().map { grant in
        let scope = grant["scope"] as? [String: String]
        return "\(grant["subject"] ?? "") \(grant["role"] ?? "") \(scope?["system"] ?? "")"
      })
    var wishes: [Wish] = []
    for system in people.systems {
      for role in people.simpleRoles {
        for person in people.engineers
        where !held.contains("\(person.principal) \(role) \(system)") {
          wishes.append(Wish(person: person, role: role, system: system))
          if wishes.count == count { return wishes }
        }
      }
    }
    throw ToolFailure(arguments: ["bench"], words: "everything is held by everybody")
  }
}
