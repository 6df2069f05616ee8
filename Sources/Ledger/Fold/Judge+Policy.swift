import Grants
import History

extension Judge {
  /// Judges an admin's consent to a change of the policy.
  mutating func judgeConsent(
    _ proposal: AuthenticatedCommit, _ diff: GovernedDiff, _ signing: Signing, _ context: Context
  ) throws(LedgerError) {
    let signing = context.givingAccess(signing)
    do {
      let believed = context.policy.tree
      let (from, to) = try TrustRule.checkPolicyConsent(proposal, diff: diff, believed: believed)
      try TrustRule.checkPolicyAdmin(signing.signer, context.policy)
      try TrustRule.checkKeyValidity(signing, takesAway: false)
      try TrustRule.checkPolicyWindow(
        signedAt: signing.signedAt, landedAt: signing.landedAt, context.policy)
      let carried = try reader.tree(proposal.tree)?.entry(named: "policies")
      let carries = carried?.isTree == true && carried?.id == to
      if carries { try precheck(to, at: signing.landedAt) }
      state.consents.append(
        Consent(
          commit: proposal.id, admin: signing.signer, from: from, to: to,
          // One dated ahead of its landing does not stay fresh for longer.
          signedAt: min(signing.signedAt, signing.landedAt), carries: carries))
      note(
        .consent(
          commit: proposal.id, admin: signing.signer, from: from, to: to,
          landedAt: signing.landedAt))
    } catch let refusal as Refusal {
      refuse(.policies, refusal, proposal, signing.signer, context)
    } catch let error as LedgerError {
      throw error
    } catch {
      throw LedgerError(.brokenHistory, "\(error)")
    }
  }

  /// An admin who puts the believed policy back over one they consented to takes that consent back.
  mutating func takeBackConsent(_ proposal: AuthenticatedCommit, _ context: Context) {
    guard let change = proposal.changes?.diff.policies, case .tree(let consented) = change.from,
      change.to == .tree(state.belief.policy.tree),
      case .valid(let signature) = proposal.signature,
      let (admin, entry) = context.policy.principal(of: signature.key),
      entry.isValid(at: proposal.committedAt.seconds)
    else { return }
    state.consents.removeAll { $0.admin == admin && $0.to == consented }
  }

  /// At the end of a landing: the change happens to which enough distinct admins have consented,
  /// the first to be complete if there are two.
  mutating func adoptPolicy(_ context: Context) throws(LedgerError) {
    let policy = state.belief.policy
    let window = policy.policy.settings.policyLandingWindow
    let standing = state.consents.filter {
      $0.from == policy.tree && state.landedAt - $0.signedAt <= window
    }
    var tried: Set<ObjectID> = []
    for candidate in standing where tried.insert(candidate.to).inserted {
      let consents = standing.filter { $0.to == candidate.to }
      let admins = Set(consents.map(\.admin)).sorted()
      guard admins.count >= policy.policy.adminQuorum, consents.contains(where: \.carries) else {
        continue
      }
      do {
        let next = try successor(candidate.to, at: state.landedAt)
        state.belief.adopt(next, at: state.landedAt)
        state.consents = []
        note(
          .policy(
            VerifiedPolicyChange(
              mainline: context.mainline.id, landedAt: state.landedAt, from: policy.tree,
              to: candidate.to, serial: next.policy.serial, admins: admins)),
          counts: .policies)
        return
      } catch let refusal as Refusal {
        state.consents.removeAll { $0.to == candidate.to }
        refuse(.policies, refusal, context.mainline, nil, context)
      } catch let error as LedgerError {
        throw error
      } catch {
        throw LedgerError(.brokenHistory, "\(error)")
      }
    }
  }

  /// Refuses a consent to what could never be adopted. One of an unknown schema waits: only a full
  /// quorum for it may stop older verifiers.
  private func precheck(_ tree: ObjectID, at moment: Timestamp) throws {
    do {
      _ = try successor(tree, at: moment)
    } catch let error as LedgerError where error.code == .cannotJudge {
      return
    }
  }

  /// Reads the policy that would follow the believed one.
  ///
  /// - Throws: ``Refusal`` if it cannot, ``LedgerError`` if it cannot be judged or read.
  private func successor(_ tree: ObjectID, at moment: Timestamp) throws -> PolicySnapshot {
    let read = try PolicySnapshot.read(tree, reader: reader)
    if case .failure(let fault) = read, fault.isUnknownSchema {
      throw LedgerError(
        .cannotJudge, fault.problems.joined(separator: "; "), hint: "Install a newer daypass.")
    }
    let next = try TrustRule.checkPolicyValid(read)
    try TrustRule.checkPolicySuccession(state.belief.policy, next)
    try TrustRule.checkPolicyKeys(next, at: moment)
    return next
  }
}
