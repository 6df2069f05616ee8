import Grants
import Signatures

/// Who signed a proposal, when, and when it lands.
struct Signing: Sendable {
  let signer: Principal
  let entry: AllowedSigners.Entry
  /// The proposal's committer time.
  let signedAt: Timestamp
  let landedAt: Timestamp
  /// The closing pin's time, or the verifier's now.
  let bound: Timestamp

  func landing(at moment: Timestamp) -> Signing {
    Signing(
      signer: signer, entry: entry, signedAt: signedAt, landedAt: moment, bound: bound)
  }
}

/// One step that a proposal asserts, with all that the rules look at.
struct Act: Sendable {
  let transition: Transition
  let signing: Signing
  /// The policy before the landing.
  let policy: PolicySnapshot
  let believed: LiveGrant?
  /// The grant as the asserted file has it; nil where the file was removed.
  let asserted: Grant?
}
