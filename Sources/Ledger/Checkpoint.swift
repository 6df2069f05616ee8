import Grants
import History
import Signatures

/// Where a replay ended, to begin the next one there: the state after the newest pin, and the last
/// head that was accepted.
///
/// It lies outside the tree, in the git directory, and is as trustworthy as the machine it lies on.
/// It belongs to one root and one branch.
package struct Checkpoint: Sendable {
  package let root: ObjectID
  package let branch: String
  /// A later head must contain this one.
  package let verifiedHead: ObjectID
  package let state: FoldState

  init(root: ObjectID, branch: String, verifiedHead: ObjectID, state: FoldState) {
    self.root = root
    self.branch = branch
    self.verifiedHead = verifiedHead
    self.state = state
  }

  /// The same state remembered with another accepted head.
  package func accepting(_ head: ObjectID) -> Checkpoint {
    Checkpoint(root: root, branch: branch, verifiedHead: head, state: state)
  }

  private static let magic = "daypass/checkpoint/v2\n"

  /// The file's bytes: a first line, the fields, and the SHA-256 of all that.
  ///
  /// None where a pin's word was taken: who begins there without asking for it would rest on that.
  package var bytes: [UInt8] {
    guard state.trustsPin == nil else { return [] }
    var writer = CheckpointWriter()
    writer.bytes = Array(Self.magic.utf8)
    writer.put(root)
    writer.put(branch)
    writer.put(verifiedHead)
    writer.put(state)
    return writer.bytes + Digest.sha256(writer.bytes)
  }

  /// Reads a checkpoint, whose policy is read from the store again.
  ///
  /// - Returns: nil if the bytes are truncated, edited, of another version, or do not fit the store:
  ///   the replay then starts at the root.
  package static func read(_ bytes: [UInt8], history: any HistoryReader) -> Checkpoint? {
    guard bytes.count > 32, bytes.starts(with: magic.utf8),
      Digest.sha256(Array(bytes.dropLast(32))) == Array(bytes.suffix(32))
    else { return nil }
    var reader = CheckpointReader(Array(bytes.dropLast(32).dropFirst(magic.utf8.count)))
    guard let root = reader.id(), let branch = reader.text(), let head = reader.id(),
      let state = reader.state(TreeReader(history)), reader.isAtEnd
    else { return nil }
    return Checkpoint(root: root, branch: branch, verifiedHead: head, state: state)
  }
}
