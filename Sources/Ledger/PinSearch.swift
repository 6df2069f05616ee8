import Grants
import History

/// A reconciler's pin whose word was taken for everything that came before it.
package struct TrustedPin: Sendable, Hashable {
  package let commit: ObjectID
  package let at: Timestamp
  package let signer: Principal
  /// Commits up to the pin, those that merges brought included, that nobody judged.
  package let unjudged: Int
}

/// Finds the newest pin of a head, and the state it stands for, without judging what lies before it.
///
/// Every commit from the root on is read. Who is a reconciler is not taken from the pin's own tree:
/// anybody may write one. Where an admin's consent has landed, and until a pin has closed that, all
/// is judged as ever; elsewhere the policy cannot have changed, and a pin counts if that policy
/// knows its signer.
struct PinSearch {
  /// What a walk keeps of a mainline commit.
  private struct Step {
    let id: ObjectID
    let parents: [ObjectID]
    let committedAt: Timestamp
    let claimsPin: Bool
    let statesConsent: Bool
  }

  let ledger: Ledger
  let head: ObjectID
  let now: Timestamp
  /// Where no word had to be taken yet, or the newest was.
  private(set) var state: FoldState
  private(set) var pin: TrustedPin?
  private var chain: [Step] = []
  /// Where in the chain `state` is.
  private var position = 0
  /// Since then, while nothing changes the policy: what claims to be a pin, and how many commits
  /// had not been judged there.
  private var candidates: [(position: Int, unjudged: Int)] = []
  private var unjudged = 0
  /// Set while everything is judged.
  private var fold: SegmentFold?

  private var authenticator: Authenticator { ledger.authenticator }

  init(ledger: Ledger, head: ObjectID, now: Timestamp) throws(LedgerError) {
    self.ledger = ledger
    self.head = head
    self.now = now
    state = try ledger.rootState()
    chain = try walk()
    var lander = Lander(authenticator: authenticator, root: ledger.root, start: ledger.root)
    for position in chain.indices.dropFirst() { try pass(position, &lander) }
    if fold == nil { try takeNewest() }
  }

  /// The first-parent chain, oldest first.
  private func walk() throws(LedgerError) -> [Step] {
    var steps: [Step] = []
    var current = head
    while true {
      let record = try authenticator.record(current)
      steps.append(
        Step(
          id: current, parents: record.parents,
          committedAt: Timestamp(seconds: record.committerTime), claimsPin: record.claimsPin,
          statesConsent: record.trailer("Daypass-Policy") != nil))
      if current == ledger.root { return steps.reversed() }
      guard let parent = record.parents.first else {
        throw TrustRule.refuseWholeHistory(ledger.root, from: head)
      }
      current = parent
    }
  }

  private mutating func pass(_ position: Int, _ lander: inout Lander) throws(LedgerError) {
    let step = chain[position]
    var statesConsent = step.statesConsent
    unjudged += 1
    if step.parents.count == 1 {
      lander.pass(step.id)
    } else {
      for record in try lander.bring(step.id, from: Array(step.parents.dropFirst())) {
        unjudged += 1
        if record.trailer("Daypass-Policy") != nil { statesConsent = true }
        // Whether it is one, only a judgement of its whole line could say.
        if record.claimsPinSigned {
          throw Self.refuse(record.id, "was merged in, and claims to be a pin of another line")
        }
      }
    }
    if statesConsent, fold == nil { try beginJudging(before: position) }
    guard fold != nil else {
      if step.claimsPin { candidates.append((position, unjudged)) }
      return
    }
    try fold?.take(step.id)
    guard let judged = fold, let last = judged.pins.last, last.commit == step.id else { return }
    if last.contradicts { throw Self.refuse(step.id, "states another belief than was judged here") }
    state = judged.pinned
    self.position = position
    candidates = []
    unjudged = pin?.unjudged ?? 0
    let window = state.belief.policy.policy.settings.policyLandingWindow
    state.consents.removeAll {
      $0.from != state.belief.policy.tree || state.landedAt - $0.signedAt > window
    }
    // An admin may still take a consent back, and that has no mark of its own.
    if state.consents.isEmpty { fold = nil }
  }

  /// From the newest pin on, everything up to that commit is judged, and so is what follows.
  private mutating func beginJudging(before end: Int) throws(LedgerError) {
    try takeNewest()
    var fold = try SegmentFold(
      from: state, root: ledger.root, now: now, authenticator: authenticator, report: { _ in })
    for step in chain[(position + 1)..<end] { try fold.take(step.id) }
    self.fold = fold
  }

  private mutating func takeNewest() throws(LedgerError) {
    for (index, candidate) in candidates.enumerated().reversed() {
      let commit = try authenticated(candidate.position)
      guard let signer = signer(of: commit), commit.stateTrailer != nil,
        try !isOutrun(commit, by: candidates[..<index])
      else { continue }
      state = try believed(commit)
      position = candidate.position
      pin = TrustedPin(
        commit: commit.id, at: commit.committedAt, signer: signer, unjudged: candidate.unjudged)
      unjudged = candidate.unjudged
      break
    }
    candidates = []
  }

  private func authenticated(_ position: Int) throws(LedgerError) -> AuthenticatedCommit {
    try authenticator.authenticate(authenticator.record(chain[position].id), over: nil)
  }

  /// The reconciler whose pin the commit may be, by the policy that cannot have changed meanwhile.
  private func signer(of commit: AuthenticatedCommit) -> Principal? {
    let policy = state.belief.policy
    let skew = policy.policy.settings.skew
    guard
      TrustRule.isPinCandidate(
        commit, after: state.pinnedAt ?? state.landedAt - skew, now: now, skew: skew)
    else { return nil }
    return TrustRule.pinSigner(commit, policy)
  }

  /// Whether a pin before it is dated later: then it is none. A key that has ended may still date a
  /// commit back to when it had not.
  private func isOutrun(
    _ commit: AuthenticatedCommit, by earlier: ArraySlice<(position: Int, unjudged: Int)>
  ) throws(LedgerError) -> Bool {
    for other in earlier where chain[other.position].committedAt > commit.committedAt {
      if try signer(of: authenticated(other.position)) != nil { return true }
    }
    return false
  }

  /// The state that a pin stands for, by its own tree.
  ///
  /// - Throws: ``LedgerError`` where a reconciler states what its own commit does not show.
  private func believed(_ commit: AuthenticatedCommit) throws(LedgerError) -> FoldState {
    let policy = state.belief.policy
    let reader = authenticator.reader
    let top = try reader.tree(commit.tree)
    guard let policies = top?.entry(named: "policies"), policies.isTree,
      policies.id == policy.tree
    else { throw Self.refuse(commit.id, "carries a policy that no admin's consent brought about") }
    let grants = top?.entry(named: "grants").map { BeliefTree.stored($0.id) } ?? .empty
    let found = FoldState.digest(
      policies: policy.tree, grants: try grants.treeID(at: ["grants"], reader: reader) { _, _ in })
    let stated = commit.stateTrailer ?? ""
    guard stated == found else {
      throw Self.refuse(
        commit.id, "states the belief \(stated.prefix(12)), and its own tree is \(found.prefix(12))"
      )
    }
    let live: [LiveGrant]
    do {
      live = try LiveFiles(reader: reader, policy: policy).read(in: commit.tree)
    } catch {
      throw error.ledgerError ?? Self.refuse(commit.id, error.sentence)
    }
    var belief = Belief(policy: policy, tree: grants, live: LiveGrants(live))
    // It changes with the policy alone.
    belief.archivedUpTo = state.belief.archivedUpTo
    var next = FoldState(
      belief: belief, commit: commit.id, landedAt: commit.committedAt, pinnedCommit: commit.id)
    next.pinnedAt = commit.committedAt
    next.consents = state.consents
    next.trustsPin = commit.id
    return next
  }

  static func refuse(_ commit: ObjectID, _ sentence: String) -> LedgerError {
    LedgerError(
      .pinUntrustworthy, "no pin's word can be taken: \(commit.short) \(sentence)",
      hint: "Judge the whole history: the same without --trust-pins")
  }
}
