import Grants
import History
import Ledger
import Signatures

/// The tree of a commit: `grants/` as it changes, and `policies/` as it stays.
struct GovernedTree {
  private let policies: ObjectID
  private let readme: ObjectID
  private var states: [GrantState: Directory] = [:]
  private var ids: [GrantState: ObjectID] = [:]
  private var changed: Set<GrantState> = []
  private var grants: Stored?
  private var root: Stored?
  private var journal = Journal()

  /// - Parameter files: below `policies/`, by path.
  init(policies files: [String: String], readme text: String, in catalogue: inout Catalogue) {
    func tree(_ files: [String: String]) -> ObjectID {
      var entries: [TreeEntry] = []
      let folders = Dictionary(grouping: files) { path, _ in
        path.contains("/") ? String(path.prefix { $0 != "/" }) : ""
      }
      for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
        if folder.isEmpty {
          for (name, text) in files.sorted(by: { $0.key < $1.key }) {
            let blob = catalogue.blob(Array(text.utf8))
            entries.append(TreeEntry(mode: TreeEntry.fileMode, name: name, id: blob.id))
          }
        } else {
          let below = files.map { (String($0.key.dropFirst(folder.count + 1)), $0.value) }
          let id = tree(Dictionary(below) { first, _ in first })
          entries.append(TreeEntry(mode: TreeEntry.treeMode, name: folder, id: id))
        }
      }
      return catalogue.tree(TreeRecord(entries).bytes, after: nil, layout: nil).id
    }
    policies = tree(files)
    readme = catalogue.blob(Array(text.utf8)).id
    for state in GrantState.allCases { states[state] = Directory(level: 0) }
  }

  /// Puts the grant's file into that state and out of the one it was in.
  mutating func move(
    _ id: GrantID, from before: GrantState?, to after: GrantState, _ blob: ObjectID
  ) {
    let path = GrantPath(state: after, id: id).components.dropFirst(2).map { Array($0.utf8) }
    if let before, before != after {
      states[before]?.set(path[...], to: nil, journal: &journal)
      changed.insert(before)
    }
    states[after]?.set(path[...], to: blob, journal: &journal)
    changed.insert(after)
  }

  /// The root tree, with everything below it stored.
  mutating func store(in catalogue: inout Catalogue) -> ObjectID {
    for state in GrantState.allCases where changed.contains(state) {
      ids[state] = states[state]?.store(in: &catalogue)?.id
    }
    changed = []
    let file = TreeEntry(mode: TreeEntry.fileMode, name: "README.md", id: readme)
    let below = catalogue.tree(TreeRecord([file] + entries).bytes, after: grants, layout: nil)
    grants = below
    let all = catalogue.tree(
      TreeRecord([
        TreeEntry(mode: TreeEntry.treeMode, name: "grants", id: below.id),
        TreeEntry(mode: TreeEntry.treeMode, name: "policies", id: policies),
      ]).bytes, after: root, layout: nil)
    root = all
    return all.id
  }

  /// What a pin says of the state: docs/format.md, 26.
  var digest: String {
    let grants =
      entries.isEmpty ? "-" : ObjectID.hashing(.tree, TreeRecord(entries).bytes).hex
    let lines = "daypass/state/v1\npolicies \(policies)\ngrants \(grants)\n"
    return Digest.hex(Digest.sha256(Array(lines.utf8)))
  }

  private var entries: [TreeEntry] {
    ids.map { TreeEntry(mode: TreeEntry.treeMode, name: $0.key.rawValue, id: $0.value) }
  }

  /// From here on the tree is a branch's, until ``leaveBranch(_:)``.
  ///
  /// - Returns: the mainline's.
  mutating func enterBranch() -> GovernedTree {
    let mainline = self
    journal.begin()
    return mainline
  }

  /// The tree is the mainline's again.
  mutating func leaveBranch(_ mainline: GovernedTree) {
    journal.end()
    self = mainline
  }
}
