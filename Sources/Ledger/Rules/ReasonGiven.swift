import Grants

extension TrustRule {
  /// Rejecting needs a reason, and so does revoking unless it is the holder's or requester's own.
  static func checkReasonGiven(_ act: Act) throws(Refusal) {
    let closure: Closure
    switch act.transition {
    case .reject(let stated): closure = stated
    case .revoke(let stated):
      guard let grant = act.believed?.grant,
        ![grant.subject, grant.requester].contains(act.signing.signer)
      else { return }
      closure = stated
    default: return
    }
    guard closure.reason.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      throw Refusal(.reasonGiven, "a reason is needed")
    }
  }
}
