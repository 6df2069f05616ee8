import Grants
import History

extension TrustRule {
  /// Consent to a policy is a signed statement, never implied by a tree: a trailer
  /// `Daypass-Policy: <believed tree>..<new tree>` in a commit that touches nothing below `grants/`.
  static func checkPolicyConsent(
    _ commit: AuthenticatedCommit, diff: GovernedDiff, believed: ObjectID
  ) throws(Refusal) -> (from: ObjectID, to: ObjectID) {
    guard let trailer = commit.policyTrailer else {
      throw Refusal(
        .policyConsent, "policies/ was changed without a Daypass-Policy trailer")
    }
    let bytes = Array(trailer.utf8)
    guard bytes.count == 82, bytes[40..<42].elementsEqual("..".utf8),
      let from = ObjectID(hexBytes: bytes[..<40]), let to = ObjectID(hexBytes: bytes[42...])
    else {
      throw Refusal(
        .policyConsent,
        "the Daypass-Policy trailer says \(Text.printable(trailer)), which is no pair of tree ids")
    }
    guard from == believed else {
      throw Refusal(
        .policyConsent,
        "the consent is to a change of policy \(from.short); the policy in force is \(believed.short)"
      )
    }
    if let change = diff.policies, change.to != .tree(to) {
      throw Refusal(.policyConsent, "the commit carries another policy than the one consented to")
    }
    guard !diff.touchesGrants else { throw refuseMixedCommit() }
    return (from, to)
  }
}
