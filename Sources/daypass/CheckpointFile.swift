import Foundation
import History
import Signatures
import Submission

/// The checkpoint in the git directory: one file for each root and branch.
struct CheckpointFile: CheckpointStore {
  let path: String
  /// Whether nothing is to be remembered: what was judged as of another time than the clock's says
  /// nothing about now.
  let isReadOnly: Bool

  init(directory: String, root: ObjectID, branch: String, isReadOnly: Bool = false) {
    self.isReadOnly = isReadOnly
    let name = Digest.hex(Digest.sha256(Array("\(root)\n\(branch)".utf8))).prefix(16)
    path = "\(directory)/daypass/checkpoint-\(name)"
  }

  func load() -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }

  func save(_ bytes: [UInt8]) {
    if !isReadOnly { try? AtomicFile.write(bytes, to: path) }
  }

  /// Forgets the last accepted head and everything derived.
  func forget() { try? FileManager.default.removeItem(atPath: path) }
}
