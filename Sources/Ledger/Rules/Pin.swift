import Grants
import History

extension TrustRule {
  /// Whether the commit may close a segment: its `Daypass-Mainline` trailer names its own first
  /// parent, it is not dated before the previous pin nor beyond the verifier's now by more than
  /// the skew, and the belief that results knows its signer as a reconciler.
  static func isPinCandidate(
    _ commit: AuthenticatedCommit, after previous: Timestamp, now: Timestamp, skew: TimeSpan
  ) -> Bool {
    guard claimsPin(commit) else { return false }
    let moment = commit.committedAt
    return moment <= now + skew && moment >= previous
  }

  /// Whether only its date keeps the commit from being tried: either its maker's clock or the
  /// verifier's is wrong.
  static func isPinAhead(_ commit: AuthenticatedCommit, now: Timestamp, skew: TimeSpan) -> Bool {
    claimsPin(commit) && commit.committedAt > now + skew
  }

  private static func claimsPin(_ commit: AuthenticatedCommit) -> Bool {
    guard let trailer = commit.mainlineTrailer, let parent = commit.parents.first,
      ObjectID(hex: trailer) == parent, case .valid = commit.signature
    else { return false }
    return true
  }

  static func pinSigner(_ commit: AuthenticatedCommit, _ policy: PolicySnapshot) -> Principal? {
    guard case .valid(let signature) = commit.signature,
      let (principal, entry) = policy.principal(of: signature.key),
      policy.policy.isReconciler(principal),
      entry.isValid(at: commit.committedAt.seconds)
    else { return nil }
    return principal
  }
}

extension CommitRecord {
  /// Whether its trailer names its own first parent, as a pin's does; anybody may write that.
  var claimsPin: Bool {
    guard let trailer = trailer("Daypass-Mainline") else { return false }
    return ObjectID(hex: trailer) == parents.first
  }

  /// The same, and it carries a signature that holds, whosever it is.
  var claimsPinSigned: Bool {
    guard claimsPin, case .valid = Authenticator.check(signed) else { return false }
    return true
  }
}
