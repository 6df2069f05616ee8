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

/// All that one tree has at a grant's three places.
package struct GrantPlaces: Sendable, Hashable {
  /// What the tree says of the grant; something in two places at once says nothing.
  package let content: Content
  /// Where anything lies, readable or not.
  package let states: GrantStates
  /// The file in closed, if it can be read, whatever else lies beside it.
  package let closing: Grant?

  package init(content: Content, states: GrantStates, closing: Grant?) {
    self.content = content
    self.states = states
    self.closing = closing
  }

  package static let empty = GrantPlaces(content: .absent, states: [], closing: nil)
}

/// What one signed commit says about one grant, beside what was true in its own parent and what is
/// believed where it lands.
package struct Assertion: Sendable {
  package let id: GrantID
  /// In the commit's own tree.
  package let places: GrantPlaces
  /// In its parent's tree: what the signer saw before.
  package let before: GrantPlaces
  /// What a replay believes at this point; never unreadable.
  package let believed: Content
  package let signer: Principal
  /// The commit's committer time.
  package let signedAt: Timestamp
  /// The commit's subject line, made fit for a file: the reason where a file was just removed.
  package let subjectLine: String

  package init(
    id: GrantID, places: GrantPlaces, before: GrantPlaces, believed: Content, signer: Principal,
    signedAt: Timestamp, subjectLine: String
  ) {
    self.id = id
    self.places = places
    self.before = before
    self.believed = believed
    self.signer = signer
    self.signedAt = signedAt
    self.subjectLine = subjectLine
  }

  var asserted: Content { places.content }
  var parent: Content { before.content }

  /// Whether the signer took the believed file away and put nothing in its stead: what somebody
  /// else has laid beside it does not count.
  var removesBelieved: Bool {
    if asserted == .absent { return true }
    guard let state = believed.state, ownClosure == nil else { return false }
    return before.states.contains(state) && places.states.isStrictSubset(of: before.states)
      && !places.states.contains(state)
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

  /// The signer's own `closed` entry in a file asserted to be closed, whatever else lies beside it:
  /// an ending is never shielded by tampering.
  var ownClosure: Closure? {
    guard let closed = places.closing?.closed, closed.by == signer else { return nil }
    return closed
  }

  /// A closing entry for somebody who removed or moved the file instead of writing one.
  func closure(_ outcome: Closure.Outcome) -> Closure {
    Closure(outcome: outcome, by: signer, at: signedAt, reason: subjectLine)
  }
}
