import Grants

extension TrustRule {
  /// The times a file states equal the signing commit's committer time, within the skew.
  ///
  /// A person's ending is never refused for a date: ``settledClosure(_:_:)`` mends it instead.
  static func checkStatedTime(_ act: Act) throws(Refusal) {
    switch act.transition {
    case .request(let grant, let activatedAt):
      try demand("requestedAt", grant.requestedAt, act)
      if let activatedAt { try demand("activatedAt", activatedAt, act) }
    case .approve(let approval, _): try demand("the approval's at", approval.at, act)
    case .activate(let statedAt):
      guard act.believed?.grant.lastApprovedAt == nil else { return }
      guard let statedAt else { throw Refusal(.statedTime, "the file lacks activatedAt") }
      try demand("activatedAt", statedAt, act)
    case .lapse(let closure), .expire(let closure), .disqualify(let closure):
      try demand("closed.at", closure.at, act)
    case .amend, .retract, .reject, .withdraw, .revoke, .archive: return
    }
  }

  /// The ending with its time: as stated if it is the signing time within the skew, else the
  /// landing time.
  static func settledClosure(_ closure: Closure, _ act: Act) -> Closure {
    guard !agrees(closure.at, act) else { return closure }
    var settled = closure
    settled.at = act.signing.landedAt
    return settled
  }

  private static func agrees(_ stated: Timestamp, _ act: Act) -> Bool {
    let skew = act.policy.policy.settings.skew
    return stated <= act.signing.signedAt + skew && act.signing.signedAt <= stated + skew
  }

  private static func demand(_ field: String, _ stated: Timestamp, _ act: Act) throws(Refusal) {
    guard agrees(stated, act) else {
      throw Refusal(
        .statedTime,
        "\(field) says \(stated), but the commit was signed at \(act.signing.signedAt)")
    }
  }
}
