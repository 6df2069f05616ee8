import Foundation
import GitStore
import Grants
import History
import Ledger
import Submission

/// The first commit of a governed repository.
struct Founding {
  let repository: GitRepository
  let branch: String
  let template: PolicyTemplate

  struct Plan {
    let parent: ObjectID?
    let tree: TreeRecord
    let files: [String: [UInt8]]
    var paths: [String] { files.keys.sorted() }
  }

  /// Looks whether there is room, and whether what would be written is valid.
  func plan() throws -> Plan {
    let parent = try repository.tip(of: "refs/heads/\(branch)")
    let tree = try parent.map { try repository.tree(try repository.commit($0).tree) } ?? .empty
    for name in ["policies", "grants"] where tree.entry(named: name) != nil {
      throw Failure(
        .failed, "the branch \(branch) has \(name)/ already",
        hint: "If it is governed, trust its root: daypass trust COMMIT")
    }
    if let place = repository.workTree { try Self.demandRoom(in: place) }
    let policies = template.files.mapValues { Array($0.utf8) }
    switch PolicySnapshot.parse(.zero, files: policies) {
    case .success: break
    case .failure(let fault):
      throw Failure(
        .usage, "with these people and this name the policy would not be valid",
        hint: fault.problems.joined(separator: "\n"))
    }
    var files = ["grants/README.md": Array((PolicyTemplate.grantsReadme).utf8)]
    for (path, bytes) in policies { files["policies/" + path] = bytes }
    return Plan(parent: parent, tree: tree, files: files)
  }

  /// - Throws: ``Failure`` where files lie that would be written over.
  static func demandRoom(in place: String) throws {
    for name in ["policies", "grants"]
    where FileManager.default.fileExists(atPath: "\(place)/\(name)") {
      throw Failure(
        .failed, "there is a \(name) in \(place) that is not committed; it is left alone",
        hint: "Move it away first.")
    }
  }

  /// Commits, moves the branch, and trusts the commit.
  func carryOut(_ plan: Plan, at now: Timestamp) async throws -> ObjectID {
    let author = try await Session.author(in: repository)
    let below = { (name: String) -> [String: [UInt8]] in
      Dictionary(
        uniqueKeysWithValues: plan.files.filter { $0.key.hasPrefix(name + "/") }
          .map { (String($0.key.dropFirst(name.count + 1)), $0.value) })
    }
    var tree = plan.tree
    for name in ["policies", "grants"] {
      let id = try FileTree.write(below(name), to: repository)
      tree = tree.replacing(
        name, with: TreeEntry(mode: TreeEntry.treeMode, name: name, id: id))
    }
    let payload = CommitComposer.payload(
      tree: try repository.write(.tree, tree.bytes), parents: plan.parent.map { [$0] } ?? [],
      author: author, at: now, message: "Found the governed repository \(template.name)\n")
    var bytes = payload
    if try await isSigningConfigured() {
      let armor = try await GitCommitSigner(repository: repository).sign(payload)
      bytes = CommitComposer.signed(payload, armor: armor)
    }
    let root = try repository.write(.commit, bytes)
    // Nothing may be trusted that the ledger would not start from.
    _ = try Ledger(history: repository, root: root, branch: branch).rootBelief()
    let local = CheckedOutBranch(repository: repository, branch: branch)
    try await local.prepare(to: root)
    try await local.advance(from: plan.parent, to: root, because: "daypass: found")
    try await repository.setLocalConfiguration("daypass.root", root.hex)
    try await repository.setLocalConfiguration("daypass.branch", branch)
    return root
  }

  func isSigningConfigured() async throws -> Bool {
    guard try await repository.configuration("gpg.format") == "ssh" else { return false }
    for setting in ["user.signingkey", "gpg.ssh.defaultkeycommand"] {
      if try await repository.configuration(setting) != nil { return true }
    }
    return false
  }
}

/// Directories of plain files, between memory and the store.
enum FileTree {
  /// Writes the files, by path, and returns the directory's tree id.
  static func write(
    _ files: [String: [UInt8]], to writer: any HistoryWriter
  ) throws(HistoryError) -> ObjectID {
    var entries: [TreeEntry] = []
    var folders: [String: [String: [UInt8]]] = [:]
    for (path, bytes) in files {
      guard let slash = path.firstIndex(of: "/") else {
        let id = try writer.write(.blob, bytes)
        entries.append(TreeEntry(mode: TreeEntry.fileMode, name: path, id: id))
        continue
      }
      let rest = String(path[path.index(after: slash)...])
      folders[String(path[..<slash]), default: [:]][rest] = bytes
    }
    for (name, files) in folders {
      let id = try write(files, to: writer)
      entries.append(TreeEntry(mode: TreeEntry.treeMode, name: name, id: id))
    }
    return try writer.write(.tree, TreeRecord(entries).bytes)
  }
}
