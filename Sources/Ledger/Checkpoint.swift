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

  private static let magic = "daypass/checkpoint/v3\n"
  private static let acceptanceMagic = "daypass/accepted/v1\n"

  /// The file's bytes: a first line, the fields, and the SHA-256 of all that.
  ///
  /// None where a pin's word was taken: who begins there without asking for it would rest on that.
  package var bytes: [UInt8] {
    guard state.trustsPin == nil else { return [] }
    var writer = FieldWriter()
    writer.bytes = Array(Self.magic.utf8)
    writer.put(root)
    writer.put(branch)
    writer.put(verifiedHead)
    writer.put(state)
    return writer.bytes + Digest.sha256(writer.bytes)
  }

  /// Whether all that it says is kept already.
  package var isKept: Bool { state.origin?.verifiedHead == verifiedHead }

  /// The bytes of a small file beside the one that the state was read from: which head was accepted
  /// since. Nil where that file does not hold this state.
  package var acceptance: [UInt8]? {
    guard let origin = state.origin else { return nil }
    var writer = FieldWriter()
    writer.bytes = Array(Self.acceptanceMagic.utf8)
    writer.put(verifiedHead)
    writer.bytes += origin.digest
    return writer.bytes + Digest.sha256(writer.bytes)
  }

  /// Reads a checkpoint, whose policy is read from the store again.
  ///
  /// - Parameter acceptance: what lies beside it; counts only if it was written beside these bytes.
  /// - Returns: nil if the bytes are truncated, edited, of another version, or do not fit the store:
  ///   the replay then starts at the root.
  package static func read(
    _ bytes: [UInt8], acceptance: [UInt8]? = nil, history: any HistoryReader
  ) -> Checkpoint? {
    guard bytes.count > 32, bytes.starts(with: magic.utf8) else { return nil }
    let end = bytes.count - 32
    let digest = Array(bytes[end...])
    guard Digest.sha256(bytes[..<end]) == digest else { return nil }
    var reader = FieldReader(bytes, magic.utf8.count..<end)
    guard let root = reader.id(), let branch = reader.text(), let head = reader.id(),
      var state = reader.state(TreeReader(history)), reader.isAtEnd
    else { return nil }
    let accepted = acceptance.flatMap { acceptedHead($0, beside: digest) } ?? head
    state.origin = CheckpointOrigin(digest: digest, verifiedHead: accepted)
    return Checkpoint(root: root, branch: branch, verifiedHead: accepted, state: state)
  }

  private static func acceptedHead(_ bytes: [UInt8], beside digest: [UInt8]) -> ObjectID? {
    guard bytes.count > 32, bytes.starts(with: acceptanceMagic.utf8) else { return nil }
    let end = bytes.count - 32
    guard Digest.sha256(bytes[..<end]) == Array(bytes[end...]) else { return nil }
    var reader = FieldReader(bytes, acceptanceMagic.utf8.count..<end)
    guard let head = reader.id(), let place = reader.skip(32), reader.isAtEnd,
      bytes[place].elementsEqual(digest)
    else { return nil }
    return head
  }
}

/// The stored checkpoint that a state was read from and has not changed since.
struct CheckpointOrigin: Sendable {
  /// The SHA-256 that ends its bytes.
  let digest: [UInt8]
  /// The accepted head that is stored with it.
  let verifiedHead: ObjectID
}
