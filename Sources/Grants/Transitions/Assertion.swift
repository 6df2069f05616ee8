/// What lies (or is said to lie) at a grant's places in one tree.
package enum Content: Sendable, Hashable {
  case absent
  case file(GrantState, Grant)
  /// Something is there that is no grant: the rest of a sentence that begins with the path.
  case unreadable(String)

  package var state: GrantState? {
    if case .file(let state, _) = self { state } else { nil }
  }

  package var grant: Grant? {
    if case .file(_, let grant) = self { grant } else { nil }
  }
}

/// What one signed commit says about one grant, beside what was true in its own parent and what is
/// believed where it lands.
package struct Assertion: Sendable {
  package let id: GrantID
  /// In the commit's own tree.
  package let asserted: Content
  /// In its parent's tree: what the signer saw before.
  package let parent: Content
  /// What a replay believes at this point; never unreadable.
  package let believed: Content
  package let signer: Principal
  /// The commit's committer time.
  package let signedAt: Timestamp
  /// The commit's subject line, made fit for a file: the reason where a file was just removed.
  package let subjectLine: String

  package init(
    id: GrantID, asserted: Content, parent: Content, believed: Content, signer: Principal,
    signedAt: Timestamp, subjectLine: String
  ) {
    self.id = id
    self.asserted = asserted
    self.parent = parent
    self.believed = believed
    self.signer = signer
    self.signedAt = signedAt
    self.subjectLine = subjectLine
  }

  /// The signer's own approval in the asserted file, if there is exactly one and belief has none.
  var newApproval: Approval? {
    guard let asserted = asserted.grant, let believed = believed.grant,
      believed.approval(by: signer) == nil
    else { return nil }
    let own = asserted.approvals.filter { $0.by == signer }
    return own.count == 1 ? own.first : nil
  }

  /// Whether the signer took the own, believed approval out of the file.
  var takesOwnApprovalOut: Bool {
    parent.grant?.approval(by: signer) != nil && believed.grant?.approval(by: signer) != nil
      && asserted.grant?.approval(by: signer) == nil
  }

  /// Whether the asserted file asks for exactly what is believed to be asked for.
  var keepsRequest: Bool { asserted.grant?.request == believed.grant?.request }

  /// The signer's own `closed` entry in a file asserted to be closed.
  var ownClosure: Closure? {
    guard case .file(.closed, let grant) = asserted, let closed = grant.closed,
      closed.by == signer
    else { return nil }
    return closed
  }

  /// A closing entry for somebody who removed or moved the file instead of writing one.
  func closure(_ outcome: Closure.Outcome) -> Closure {
    Closure(outcome: outcome, by: signer, at: signedAt, reason: subjectLine)
  }
}
