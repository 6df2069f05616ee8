import Grants
import History
import Policies

/// The third stage: judges one landing, by the policy before it, and changes the belief.
struct Judge {
  let reader: TreeReader
  /// The closing pin's time, or the verifier's now.
  let bound: Timestamp
  var state: FoldState
  private(set) var events: [LedgerEvent] = []
  /// The last refusal of each unit in this landing, by which a dispute is explained.
  private var refused: [Unit: Incident] = [:]
  /// Units whose step counted in this landing.
  private var counted: Set<Unit> = []
  /// What this landing's steps change in the tree, while its own tree is likely to say the same.
  var deferred: DeferredEdits?

  init(reader: TreeReader, bound: Timestamp, state: FoldState) {
    self.reader = reader
    self.bound = bound
    self.state = state
    self.state.origin = nil
  }

  /// Folds one mainline commit and what it brings.
  ///
  /// - Parameter closing: whether the commit is tried as the pin that closes the segment.
  mutating func fold(_ landing: Landing, closing: Bool = false) throws(LedgerError) {
    events = []
    refused = [:]
    counted = []
    let committed = landing.mainline.committedAt
    let landedAt = committed > bound ? state.landedAt : max(committed, state.landedAt)
    let context = Context(
      policy: state.belief.policy, mainline: landing.mainline, mainlineLandedAt: landedAt)
    if context.policy.policy.landing == .reconciler {
      return try foldWaiting(landing, context, closing: closing)
    }
    deferred = try DeferredEdits(landing, state, reader: reader)
    for proposal in landing.proposals { try judge(proposal, context) }
    state.landedAt = landedAt
    state.commit = landing.mainline.id
    try adoptPolicy(context)
    try compare(with: landing.mainline, context)
  }

  /// What all proposals of one landing share.
  struct Context {
    let policy: PolicySnapshot
    let mainline: AuthenticatedCommit
    let mainlineLandedAt: Timestamp
    /// When that lands which gives access and waits for a pin; nil: with everything else.
    var accessLandsAt: Timestamp?
    /// Grants whose ending has been dealt with already.
    var ended: Set<GrantID> = []
    /// Whether everything but what ends a grant is passed over.
    var isForEndingsOnly = false
    /// What else may be restored without asserting anything.
    var besides: Belief?
    /// The policy that waits with all its consents: putting it back is no change of it.
    var settling: ObjectID?

    /// The signing of what gives access, landing when that does.
    func givingAccess(_ signing: Signing) -> Signing {
      accessLandsAt.map { signing.landing(at: $0) } ?? signing
    }

    /// The signing of a step, landing when that does. Archiving lands with the mainline commit,
    /// however late its own is dated: so nothing that lands later lands before it, and an id is past
    /// its approval window for good.
    func landing(_ signing: Signing, of kind: Transition.Kind) -> Signing {
      if kind == .archive { return signing.landing(at: min(signing.bound, mainlineLandedAt)) }
      return kind.givesAccess ? givingAccess(signing) : signing
    }

    func endingsOnly(besides other: Belief?) -> Context {
      var context = self
      context.isForEndingsOnly = true
      context.besides = other
      return context
    }

    func upon(_ ended: Set<GrantID>, accessLandingAt moment: Timestamp) -> Context {
      var context = self
      context.ended = ended
      context.accessLandsAt = moment
      return context
    }
  }

  mutating func judge(
    _ proposal: AuthenticatedCommit, _ context: Context
  ) throws(LedgerError) {
    guard var changes = proposal.changes else { return }
    takeBackConsent(proposal, context)
    if changes.diff.isTooLarge, let recounted = try recount(proposal) { changes = recounted }
    let landedAt = min(bound, max(context.mainlineLandedAt, proposal.committedAt))
    do {
      try TrustRule.checkUnitLimit(changes.diff)
    } catch {
      return refuse(.place("grants"), error, proposal, nil, context)
    }
    var asserted: [AuthenticatedCommit.GrantChange] = []
    for change in changes.grants where !context.ended.contains(change.id) {
      if try isBelieved(change, in: state.belief) { continue }
      if let other = context.besides, try isBelieved(change, in: other) { continue }
      asserted.append(change)
    }
    let changesPolicy =
      changes.diff.policies.map { !isBelieved($0.to, context) } ?? false
    let consents = changesPolicy || states(proposal, consentIn: context)
    guard !asserted.isEmpty || !changes.diff.strays.isEmpty || consents else { return }

    for path in changes.diff.strays {
      refuse(.place(path), TrustRule.refuseStrayPath(path), proposal, nil, context)
    }
    guard !asserted.isEmpty || consents else { return }
    let signing: Signing
    do {
      let signature = try TrustRule.checkSignature(proposal.signature)
      let (signer, entry) = try TrustRule.checkKnownKey(signature.key, context.policy)
      signing = Signing(
        signer: signer, entry: entry, signedAt: proposal.committedAt, landedAt: landedAt,
        bound: bound)
    } catch {
      if consents { refuse(.policies, error, proposal, nil, context) }
      for change in asserted { refuse(.grant(change.id), error, proposal, nil, context) }
      return
    }
    if consents { try judgeConsent(proposal, changes.diff, signing, context) }
    for change in asserted {
      if changesPolicy {
        refuse(
          .grant(change.id), TrustRule.refuseMixedCommit(), proposal, signing.signer, context)
      } else {
        try judge(change, of: proposal, signing, context)
      }
    }
  }

  /// The changes of a commit that touches too much, less what is believed already: restoring what a
  /// push of a hundred thousand files disturbed is no act, however many files it touches.
  private func recount(
    _ proposal: AuthenticatedCommit
  ) throws(LedgerError) -> AuthenticatedCommit.Changes? {
    var differences: [Difference] = []
    let grants = try reader.tree(proposal.tree)?.entry(named: "grants")
    _ = try state.belief.tree.compared(
      with: grants, at: ["grants"], reader: reader, differences: &differences)
    guard let before = proposal.parentTree, differences.count <= GovernedDiff.limit else {
      return nil
    }
    var changes: [AuthenticatedCommit.GrantChange] = []
    for id in Set(differences.compactMap { GrantPath($0.path)?.id }).sorted() {
      let asserted = try reader.content(of: id, in: proposal.tree)
      let parent = try reader.content(of: id, in: before)
      // What the commit leaves as its parent has it, it does not assert.
      if asserted.content == parent.content, asserted.blob == parent.blob { continue }
      changes.append(AuthenticatedCommit.GrantChange(id: id, asserted: asserted, parent: parent))
    }
    let places = differences.map(\.path).filter { GrantPath($0) == nil }
    guard places.isEmpty else { return nil }
    return AuthenticatedCommit.Changes(
      diff: proposal.changes?.diff.recounted() ?? .none, grants: changes)
  }

  /// A trailer that names a change other than the one already made; the rest is spent, not wrong.
  private func states(_ proposal: AuthenticatedCommit, consentIn context: Context) -> Bool {
    guard let trailer = proposal.policyTrailer else { return false }
    return !trailer.hasSuffix(context.policy.tree.hex)
  }

  /// Asserting what is already believed is no act: anyone may, signed or not.
  private func isBelieved(
    _ change: AuthenticatedCommit.GrantChange, in belief: Belief
  ) throws(LedgerError) -> Bool {
    if let live = belief.live[change.id] {
      return change.asserted.blob == live.blob && change.asserted.content.state == live.state
    }
    guard let closed = try closedBlob(of: change, in: belief) else {
      return change.asserted.content == .absent
    }
    return change.asserted.blob == closed && change.asserted.content.state == .closed
  }

  private func isBelieved(_ policies: PolicyPlace, _ context: Context) -> Bool {
    guard case .tree(let tree) = policies else { return false }
    return tree == state.belief.policy.tree || tree == context.settling
  }

  mutating func note(_ event: LedgerEvent, counts unit: Unit? = nil) {
    events.append(event)
    if let unit { counted.insert(unit) }
  }

  mutating func note(counts unit: Unit) { counted.insert(unit) }

  /// The same judge after the landing, with other events noted so far.
  func going(on events: [LedgerEvent], after context: Context) -> Judge {
    var judge = self
    judge.events = events
    judge.state.commit = context.mainline.id
    return judge
  }

  mutating func refuse(
    _ unit: Unit, _ refusal: Refusal, _ proposal: AuthenticatedCommit, _ signer: Principal?,
    _ context: Context
  ) {
    let incident = Incident(
      commit: proposal.id, mainline: context.mainline.id, landedAt: context.mainlineLandedAt,
      unit: unit, rule: refusal.rule, sentence: refusal.sentence, author: proposal.author,
      signer: signer)
    refused[unit] = incident
    events.append(.incident(incident))
  }

  /// Finds where the mainline commit's tree differs from the belief, and why.
  mutating func compare(
    with mainline: AuthenticatedCommit, _ context: Context
  ) throws(LedgerError) {
    if try settleDeferred() { return }
    let root = try reader.tree(mainline.tree)
    var differences: [Difference] = []
    let policies = root?.entry(named: "policies")
    if policies?.isTree != true || policies?.id != state.belief.policy.tree {
      differences.append(Difference(path: "policies", believed: true, found: policies != nil))
    }
    state.belief.tree = try state.belief.tree.compared(
      with: root?.entry(named: "grants"), at: ["grants"], reader: reader,
      differences: &differences)
    // A cause newly found for one place of a grant serves those after it: every verifier names them
    // in one order.
    differences.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let standing = Dictionary(
      state.disputes.map { ($0.difference, $0.cause) }, uniquingKeysWith: { first, _ in first })
    settle(differences, context)
    state.disputes = []
    var inside: [String: Incident]?
    for difference in differences {
      let unit = Unit(path: difference.path)
      if let cause = refused[unit] ?? (counted.contains(unit) ? nil : standing[difference]) {
        state.disputes.append(Dispute(difference: difference, cause: cause))
        continue
      }
      if inside == nil { inside = refusedByDirectory() }
      let refusal = explain(difference, mainline, inside: inside ?? [:])
      refuse(unit, refusal, mainline, nil, context)
      if let cause = refused[unit] {
        state.disputes.append(Dispute(difference: difference, cause: cause))
      }
    }
    if state.disputes.isEmpty { state.belief.extras = [:] }
  }

  /// Notes which of the standing disputes are over, given what differs now. A place that is only
  /// told otherwise, as a directory or as the files in it, still differs.
  private mutating func settle(_ differences: [Difference], _ context: Context) {
    let paths = Set(differences.map(\.path))
    let gone = state.disputes.filter { !paths.contains($0.difference.path) }
    guard !gone.isEmpty else { return }
    let above = paths.reduce(into: Set<String>()) { $0.formUnion(Self.directories(above: $1)) }
    for dispute in gone {
      let path = dispute.difference.path
      guard !above.contains(path),
        paths.isDisjoint(with: Self.directories(above: path))
      else { continue }
      events.append(
        .settled(
          Settlement(
            commit: context.mainline.id, landedAt: context.mainlineLandedAt,
            difference: dispute.difference, cause: dispute.cause)))
    }
  }

  /// `grants` and `grants/active` for `grants/active/stray`.
  private static func directories(above path: String) -> [String] {
    path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
  }

  /// The first of the refused grants in each directory where one may lie.
  private func refusedByDirectory() -> [String: Incident] {
    var first: [String: Incident] = [:]
    for incident in refused.values {
      guard case .grant(let id) = incident.unit else { continue }
      for state in GrantState.allCases {
        for directory in Self.directories(above: GrantPath(state: state, id: id).description) {
          if let other = first[directory], other.unit.description <= incident.unit.description {
            continue
          }
          first[directory] = incident
        }
      }
    }
    return first
  }

  /// - Parameter inside: see ``refusedByDirectory()``.
  private func explain(
    _ difference: Difference, _ mainline: AuthenticatedCommit, inside: [String: Incident]
  ) -> Refusal {
    let unit = Unit(path: difference.path)
    if counted.contains(unit) { return TrustRule.refuseCanonicalResult() }
    // A directory of refused grants is explained by the first of them, in id order: every verifier
    // says the same.
    if case .place = unit, let first = inside[difference.path] {
      return Refusal(first.rule, first.sentence)
    }
    if let whole = refused[.place("grants")] { return Refusal(whole.rule, whole.sentence) }
    return mainline.parents.count > 1
      ? TrustRule.refuseMergeCarriesNothing(difference) : TrustRule.refuseCanonicalResult()
  }
}
