import Foundation
import Grants
import History
import Signatures

/// What the owner of a key signs to show that it is theirs, before it speaks for them: a text that
/// names repository, principal and key, signed in a namespace in which nothing else is.
struct KeyProof {
  /// `ssh-keygen -Y sign -n daypass-key`.
  static let namespace = "daypass-key"

  /// The name in the policy, and the root that is trusted: names alone can be chosen alike.
  let repository: String
  let root: ObjectID
  let principal: Principal
  /// `ssh-ed25519 AAAA...`
  let line: String

  var text: String {
    """
    daypass-key/v1
    repository: \(repository)
    root: \(root)
    principal: \(principal)
    key: \(line)

    """
  }

  /// Why the signature does not prove it; nil if it does.
  func fault(in armor: [UInt8], by key: PublicKey) -> String? {
    do throws(SignatureError) {
      let verified = try SSHSignature.verify(
        armor: armor, payload: Array(text.utf8), namespace: Self.namespace)
      return verified.key == key ? nil : "it was made with another key, \(verified.key.fingerprint)"
    } catch {
      // That it fits no such text is all a wrong signature says.
      return error.reason == .badSignature
        ? "it was not made by this key for \(principal) in \(repository) (root \(root.short))"
        : Words.clause(error.sentence)
    }
  }

  /// The signature in a text that came by mail or chat: without what stands around it, lines ending
  /// in LF; nil if there is none.
  static func armor(in text: String) -> [UInt8]? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard let begin = lines.firstIndex(of: "-----BEGIN SSH SIGNATURE-----"),
      let end = lines[begin...].firstIndex(of: "-----END SSH SIGNATURE-----")
    else { return nil }
    return Array((lines[begin...end].joined(separator: "\n") + "\n").utf8)
  }
}
