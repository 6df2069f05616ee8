import Grants
import History

/// Which line of commits is the mainline of a head.
struct Line: Sendable {
  struct Step: Sendable {
    let id: ObjectID
    let parents: [ObjectID]
  }

  /// First-parent chain, oldest first; the first is the commit the fold starts from.
  var chain: [Step]
  /// A head that was made by merging the mainline into a branch: one landing upon the chain.
  var flippedHead: ObjectID?

  init(chain: [Step], flippedHead: ObjectID? = nil) {
    self.chain = chain
    self.flippedHead = flippedHead
  }

  /// The first-parent chain from `start` to the head, or nil if the chain does not pass through
  /// `start`.
  static func chain(
    of head: ObjectID, downTo start: ObjectID, authenticator: Authenticator
  ) throws(LedgerError) -> [Step]? {
    var chain: [Step] = []
    var current = head
    while true {
      let record = try authenticator.record(current)
      chain.append(Step(id: current, parents: record.parents))
      if current == start { return chain.reversed() }
      guard let parent = record.parents.first else { return nil }
      current = parent
    }
  }
}

/// A line of commits that may be the mainline.
private struct Claim {
  let tip: ObjectID
  let chain: [Line.Step]
  /// The pins on it, oldest first.
  let pins: [Pin]
  let members: Set<ObjectID>

  init(chain: [Line.Step], head: ObjectID, pins: [Pin]) {
    self.tip = chain.last?.id ?? head
    self.chain = chain
    let members = Set(chain.map(\.id))
    self.members = members
    self.pins = pins.filter { members.contains($0.commit) }
  }

  /// The pins since the two lines forked, oldest first.
  func ownPins(besides other: Claim) -> [Pin] {
    pins.filter { !other.members.contains($0.commit) }
  }
}

/// Finds the mainline of a head: its first-parent chain, unless somebody merged the mainline into a
/// branch and pushed that.
struct MainlineSearch {
  let ledger: Ledger
  let head: ObjectID
  let now: Timestamp
  let checkpoint: Checkpoint?
  /// The commit whose line a person has declared the mainline.
  let choice: ObjectID?

  private var authenticator: Authenticator { ledger.authenticator }
  private var root: ObjectID { ledger.root }

  func line() throws(LedgerError) -> Line {
    if let verified = checkpoint?.verifiedHead { try checkRollback(verified) }
    if let start = checkpoint?.state.commit, start != root {
      // Nothing merged the wrong way round since the checkpoint: the usual case, which needs no
      // look at what lies before.
      let chain = try Line.chain(of: head, downTo: start, authenticator: authenticator)
      if let chain, try suspects(along: chain).isEmpty { return Line(chain: chain) }
    }
    guard let own = try Line.chain(of: head, downTo: root, authenticator: authenticator) else {
      return try lineFromElsewhere()
    }
    let suspects = try suspects(along: own)
    return suspects.isEmpty ? Line(chain: own) : try choose(own: own, suspects: suspects)
  }

  private func checkRollback(_ verified: ObjectID) throws(LedgerError) {
    guard try authenticator.reader.contains(verified),
      try Reachability.reaches(verified, from: head, authenticator: authenticator)
    else { throw TrustRule.refuseRollback(head, lacks: verified) }
  }

  /// Commits brought in by merges along the chain that claim to be pins, and the last head this
  /// verifier accepted if it is among what is brought in.
  private func suspects(along chain: [Line.Step]) throws(LedgerError) -> [ObjectID] {
    guard let start = chain.first?.id else { return [] }
    var lander = Lander(authenticator: authenticator, root: root, start: start)
    var found: [ObjectID] = []
    for step in chain.dropFirst() {
      if step.parents.count == 1 {
        lander.pass(step.id)
        continue
      }
      for record in try lander.bring(step.id, from: Array(step.parents.dropFirst()))
      where record.claimsPinSigned || record.id == checkpoint?.verifiedHead {
        found.append(record.id)
      }
    }
    return found
  }

  /// Whether what the head brings since that commit holds anything that claims to be a pin of
  /// another line.
  func bringsClaims(after old: ObjectID) throws(LedgerError) -> Bool {
    guard let chain = try Line.chain(of: head, downTo: old, authenticator: authenticator) else {
      return true
    }
    return try !suspects(along: chain).isEmpty
  }

  /// Decides between the head's own chain and the lines that were merged into it.
  private func choose(
    own: [Line.Step], suspects: [ObjectID]
  ) throws(LedgerError) -> Line {
    guard let rival = try newestRival(suspects) else {
      if own.isEmpty { throw TrustRule.refuseWholeHistory(root, from: head) }
      return Line(chain: own)
    }
    let flipped = Line(chain: rival.chain, flippedHead: head)
    let own = Claim(chain: own, head: head, pins: try pins(on: own))
    return try preferred(own, rival).tip == own.tip ? Line(chain: own.chain) : flipped
  }

  /// The merged-in line whose newest pin is the newest of all.
  private func newestRival(_ suspects: [ObjectID]) throws(LedgerError) -> Claim? {
    var best: Claim?
    var folded: Set<ObjectID> = []
    let wanted = Set(suspects)
    for suspect in suspects.reversed() where !folded.contains(suspect) {
      guard
        let chain = try Line.chain(of: suspect, downTo: root, authenticator: authenticator)
      else { continue }
      folded.formUnion(chain.map(\.id))
      let pins = try pins(on: chain)
      let pinned = Set(pins.map(\.commit))
      guard
        let end = chain.lastIndex(where: { step in
          wanted.contains(step.id)
            && (pinned.contains(step.id) || step.id == checkpoint?.verifiedHead)
        })
      else { continue }
      let rival = Claim(chain: Array(chain[...end]), head: head, pins: pins)
      best = try better(rival, best)
    }
    return best
  }

  /// The line that goes on from the other, or is to be preferred.
  private func better(_ rival: Claim, _ best: Claim?) throws(LedgerError) -> Claim {
    guard let best else { return rival }
    if rival.members.contains(best.tip) { return rival }
    if best.members.contains(rival.tip) { return best }
    return try preferred(best, rival)
  }

  /// Of two lines the one that alone carries pins since they forked, and else the one a person chose
  /// or this verifier knows.
  private func preferred(_ one: Claim, _ other: Claim) throws(LedgerError) -> Claim {
    switch (one.ownPins(besides: other).last, other.ownPins(besides: one).last) {
    case (nil, nil): return other
    case (nil, _): return try final(other, over: one)
    case (_, nil): return try final(one, over: other)
    case (let pin?, let rival?):
      for decider in [choice, checkpoint?.state.commit] {
        if let decided = holder(of: decider, one, other) { return decided }
      }
      throw TrustRule.refuseOneMainline(rival.commit, pin.commit)
    }
  }

  /// What was pinned by nobody gives way to a line that others know for final. But what was accepted
  /// here does not give way to one whose pins are all by strangers: who was removed on the line
  /// accepted here may have named them.
  private func final(_ line: Claim, over unpinned: Claim) throws(LedgerError) -> Claim {
    if let chosen = holder(of: choice, line, unpinned) { return chosen }
    guard let checkpoint,
      holder(of: checkpoint.verifiedHead, line, unpinned)?.tip == unpinned.tip
    else { return line }
    let own = line.ownPins(besides: unpinned)
    let policy = checkpoint.state.belief.policy.policy
    if own.contains(where: { policy.isReconciler($0.signer) }) { return line }
    throw TrustRule.refuseStrangersLine(
      own.last?.commit ?? line.tip, lacks: checkpoint.verifiedHead)
  }

  /// The one of two lines that alone holds the commit.
  private func holder(of commit: ObjectID?, _ one: Claim, _ other: Claim) -> Claim? {
    guard let commit, one.members.contains(commit) != other.members.contains(commit) else {
      return nil
    }
    return one.members.contains(commit) ? one : other
  }

  /// The head's first-parent chain leads elsewhere: honest only if the mainline was merged into it.
  private func lineFromElsewhere() throws(LedgerError) -> Line {
    let reachable = try Reachability.all(from: head, authenticator: authenticator)
    guard reachable.contains(root) else { throw TrustRule.refuseWholeHistory(root, from: head) }
    var suspects: [CommitRecord] = []
    for id in reachable {
      let record = try authenticator.record(id)
      if record.claimsPinSigned || id == checkpoint?.verifiedHead { suspects.append(record) }
    }
    suspects.sort { ($0.committerTime, $0.id) < ($1.committerTime, $1.id) }
    return try choose(own: [], suspects: suspects.map(\.id))
  }

  /// The pins on a first-parent chain, oldest first, by a plain fold of it from the root.
  private func pins(on chain: [Line.Step]) throws(LedgerError) -> [Pin] {
    guard chain.first?.id == root else { return [] }
    var fold = try SegmentFold(
      from: ledger.rootState(), root: root, now: now, authenticator: authenticator,
      report: { _ in })
    do {
      for step in chain.dropFirst() { try fold.take(step.id) }
    } catch {
      // A line that a newer version might judge proves nothing to this one; else one former admin's
      // side line could stop everybody.
      guard error.code == .cannotJudge else { throw error }
    }
    return fold.pins
  }
}

extension TreeReader {
  func contains(_ id: ObjectID) throws(LedgerError) -> Bool {
    do { return try history.contains(id) } catch { throw LedgerError(error) }
  }
}
