import Grants
import History
import Policies

extension Judge {
  /// Judges what a proposal asserts of one grant.
  mutating func judge(
    _ change: AuthenticatedCommit.GrantChange, of proposal: AuthenticatedCommit,
    _ signing: Signing, _ context: Context
  ) throws(LedgerError) {
    let unit = Unit.grant(change.id)
    do {
      let believed = try state.belief.live[change.id] ?? closed(change)
      let act = try read(change, proposal, signing, context, believed)
      if context.isForEndingsOnly, !act.transition.kind.takesAway { return }
      try check(act)
      let after = try apply(act, asserted: change.asserted, id: change.id)
      note(
        .transition(
          VerifiedTransition(
            commit: proposal.id, mainline: context.mainline.id, kind: act.transition.kind,
            signer: signing.signer, signedAt: signing.signedAt, landedAt: act.signing.landedAt,
            before: believed?.state, after: after.0, grant: after.1)),
        counts: unit)
    } catch let refusal as Refusal {
      refuse(unit, refusal, proposal, signing.signer, context)
    } catch let error as LedgerError {
      throw error
    } catch {
      throw LedgerError(.brokenHistory, "\(error)")
    }
  }

  /// The grant that is believed closed, where the proposal's parent has it so; nil if none is.
  ///
  /// - Throws: ``Refusal`` where the parent has something else: then nothing can be said of it any
  ///   more.
  private func closed(_ change: AuthenticatedCommit.GrantChange) throws -> LiveGrant? {
    guard let blob = try closedBlob(of: change, in: state.belief) else { return nil }
    guard change.parent.blob == blob, case .file(.closed, let grant) = change.parent.content else {
      throw TrustRule.refuseClosedFinal(change.id)
    }
    return LiveGrant(
      state: .closed, grant: grant, blob: blob, requestSignedAt: grant.requestedAt)
  }

  private func read(
    _ change: AuthenticatedCommit.GrantChange, _ proposal: AuthenticatedCommit,
    _ signing: Signing, _ context: Context, _ believed: LiveGrant?
  ) throws(Refusal) -> Act {
    let assertion = Assertion(
      id: change.id, places: change.asserted.places, before: change.parent.places,
      believed: believed.map { .file($0.state, $0.grant) } ?? .absent, signer: signing.signer,
      signedAt: signing.signedAt, subjectLine: proposal.subject)
    switch Transition.read(assertion) {
    case .closedAlready: throw TrustRule.refuseClosedFinal(change.id)
    case .unreadable(let why): throw TrustRule.refuseReadableFile(why)
    case .none(let why): throw TrustRule.refuseReadableAct(why)
    case .step(let transition):
      return Act(
        transition: transition,
        signing: context.landing(signing, of: transition.kind),
        policy: context.policy, believed: believed,
        asserted: change.asserted.content.grant)
    }
  }

  /// Asks every rule in turn; the first that refuses speaks.
  private func check(_ act: Act) throws(Refusal) {
    try TrustRule.checkRepositoryName(act)
    try TrustRule.checkReconcilerDuties(act.signing.signer, act.transition.kind, act.policy)
    try TrustRule.checkActor(act)
    try TrustRule.checkKeyValidity(act.signing, takesAway: act.transition.kind.takesAway)
    try TrustRule.checkBoundedDate(act)
    try TrustRule.checkStatedTime(act)
    try TrustRule.checkAmendKeeps(act)
    try TrustRule.checkAmendLater(act)
    try TrustRule.checkApprovalWindow(act, state.belief)
    try TrustRule.checkClosedFinal(act, state.belief)
    try TrustRule.checkApprovalFollows(act)
    try TrustRule.checkLandingWindow(act)
    try TrustRule.checkReasonGiven(act)
    try TrustRule.checkDueTime(act, state.belief)
    try TrustRule.checkPolicyAllows(act, state.belief)
  }

  /// Gives the belief the step's result, in canonical form.
  private mutating func apply(
    _ act: Act, asserted: PlacedContent, id: GrantID
  ) throws -> (GrantState, Grant) {
    let transition = act.transition.settling { TrustRule.settledClosure($0, act) }
    let policy = act.policy.judging
    guard
      let (after, grant) = transition.apply(
        to: act.believed?.grant, in: act.believed?.state,
        suffices: { policy.decideActivation(of: $0).isAllowed })
    else { throw TrustRule.refuseReadableAct("has nothing to act upon") }
    if case .archive = transition {
      try set(GrantPath(state: .closed, id: id), to: nil)
      return (after, grant)
    }
    let blob: ObjectID
    if let same = asserted.blob, asserted.content.grant == grant {
      try checkRoom(asserted.size, after)
      blob = same
    } else {
      let bytes = grant.canonicalBytes
      try checkRoom(bytes.count, after)
      blob = ObjectID.hashing(.blob, bytes)
      state.belief.extras[blob] = bytes
    }
    if let before = act.believed?.state, before != after {
      try set(GrantPath(state: before, id: id), to: nil)
    }
    try set(GrantPath(state: after, id: id), to: blob)
    if after == .closed {
      state.belief.remove(id)
    } else {
      let signedAt: Timestamp
      switch act.transition {
      case .request, .amend: signedAt = act.signing.signedAt
      default: signedAt = act.believed?.requestSignedAt ?? act.signing.signedAt
      }
      state.belief.insert(
        LiveGrant(state: after, grant: grant, blob: blob, requestSignedAt: signedAt))
    }
    return (after, grant)
  }

  /// Closing always finds room: nobody can keep a grant alive by filling its file.
  ///
  /// - Parameter size: of the file, in bytes.
  private func checkRoom(_ size: Int, _ after: GrantState) throws(Refusal) {
    guard size <= (after == .closed ? Grant.largestFile : Grant.largestOpenFile) else {
      throw TrustRule.refuseReadableAct("would make the file larger than an open grant's may be")
    }
  }

  /// The grant ends here as it has ended in another belief.
  mutating func takeEnding(of id: GrantID, from other: Belief) throws(LedgerError) {
    guard try closedBlob(id, in: state.belief) == nil, let blob = try closedBlob(id, in: other)
    else { return }
    if let live = state.belief.remove(id) {
      try set(GrantPath(state: live.state, id: id), to: nil)
    }
    try set(GrantPath(state: .closed, id: id), to: blob)
    state.belief.extras[blob] = other.extras[blob]
  }

  mutating func set(_ path: GrantPath, to blob: ObjectID?) throws(LedgerError) {
    guard deferred == nil else {
      deferred?.set(path, to: blob)
      return
    }
    let components = path.components
    state.belief.tree = try state.belief.tree.setting(
      components.dropFirst(), to: blob, in: Array(components.prefix(1)), reader: reader)
  }
}

extension Transition {
  /// The same step with its closing entry, if it has one, put through `settle`.
  func settling(_ settle: (Closure) -> Closure) -> Transition {
    switch self {
    case .retract(let closure): .retract(settle(closure))
    case .reject(let closure): .reject(settle(closure))
    case .withdraw(let closure): .withdraw(settle(closure))
    case .revoke(let closure): .revoke(settle(closure))
    default: self
    }
  }
}
