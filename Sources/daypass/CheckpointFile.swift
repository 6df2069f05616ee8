import GitStore
import Glibc
import History
import Signatures
import Submission

/// The checkpoint in the git directory: one file for each root and branch, and a small one beside it
/// for the last accepted head.
struct CheckpointFile: CheckpointStore {
  let path: String
  let acceptancePath: String
  /// Whether nothing is to be remembered: what was judged as of another time than the clock's says
  /// nothing about now.
  let isReadOnly: Bool

  init(directory: String, root: ObjectID, branch: String, isReadOnly: Bool = false) {
    self.isReadOnly = isReadOnly
    let name = Digest.hex(Digest.sha256(Array("\(root)\n\(branch)".utf8))).prefix(16)
    path = "\(directory)/daypass/checkpoint-\(name)"
    acceptancePath = "\(directory)/daypass/accepted-\(name)"
  }

  func load() -> [UInt8]? { FileBytes.whole(path) }
  func loadAcceptance() -> [UInt8]? { FileBytes.whole(acceptancePath) }

  func save(_ bytes: [UInt8]) {
    if !isReadOnly { try? AtomicFile.write(bytes, to: path) }
  }

  func saveAcceptance(_ bytes: [UInt8]) {
    if !isReadOnly { try? AtomicFile.write(bytes, to: acceptancePath) }
  }

  /// Forgets the last accepted head and everything derived.
  func forget() {
    unlink(path)
    unlink(acceptancePath)
  }
}
