import Grants
import Ledger
import Policies
import Submission

/// What a writing command works with: the newest head, who acts on it, and how to tell them.
struct Acting {
  /// Where what is signed goes.
  enum Way: Equatable {
    /// To the governed branch.
    case direct
    /// To a branch of the grant's own that somebody lands.
    case newLane
    case lane(String)
  }

  let session: Session
  let submitter: Submitter
  let start: Submitter.Start
  /// What is shown before signing; the submission begins anew from the newest head.
  var replay: Replay
  var way = Way.direct
  /// What the branch that the way leads to would bring; nil without one.
  var lane: Outlook?
  let me: Principal
  let writing: WritingOptions
  let format: OutputFormat

  var policy: Policy { replay.belief.policy.policy }

  /// Fetches, verifies, and finds out who is acting.
  static func begin(
    _ global: GlobalOptions, _ writing: WritingOptions, _ format: OutputFormat
  ) async throws -> Acting {
    let session = try await Session.open(global)
    let submitter = try await session.submitter(offline: writing.noPush)
    let start = try await submitter.start()
    let replay = start.replay.anticipating
    let identity = try await Identity.find(stated: writing.identity, session, replay)
    try identity.demandKey(isDry: writing.dryRun)
    try demandListedKey(identity, replay)
    Notice.disputes(replay)
    session.noteTypedTime(replay, isDry: writing.dryRun)
    return Acting(
      session: session, submitter: submitter, start: start, replay: replay,
      me: identity.principal, writing: writing, format: format)
  }

  /// The ledger would refuse the signature; here it can be said before anybody touches a key.
  private static func demandListedKey(_ identity: Identity, _ replay: Replay) throws {
    guard let key = identity.key else { return }
    guard let entry = replay.belief.policy.signers.entry(for: key) else {
      // Whoever has no key here has none to sign with instead.
      let listed = listedKeys(of: identity.principal, replay)
      let other =
        listed.isEmpty ? "" : "Sign with a listed one: git config user.signingKey FILE\n" + listed
      throw Failure(
        .denied, "the key that git signs with, \(key.fingerprint), is nobody's here",
        hint: other + "\(listed.isEmpty ? "Have" : "Or have") yours listed by an admin "
          + "(\(Words.names(replay.belief.policy.policy.admins))): daypass key prove > key.proof")
    }
    guard entry.principal == identity.principal.name else {
      throw Failure(
        .usage, "git signs as \(entry.principal) here, not as \(identity.principal)",
        hint: "Leave out --as, or sign with another key: git config user.signingKey FILE")
    }
  }

  /// The keys that would do for whoever they say they are, a line each.
  private static func listedKeys(of person: Principal, _ replay: Replay) -> String {
    replay.belief.policy.signers.entries(of: person.name).map {
      "Listed for \(person): \($0.key.fingerprint)\n"
    }.joined()
  }

  /// Carries out what a command is about, as far as the options and the person at the terminal
  /// want it: shows it, asks, signs, publishes, says what has come of it.
  ///
  /// - Returns: what was published; nil for a dry run.
  @discardableResult
  func carryOut(_ deed: Deed, _ intent: some Intent) async throws -> Submitted? {
    let draft = try intent.draft(on: replay, at: session.now)
    let planned = draft.edits.compactMap(\.content).map { state, grant in
      GrantView(grant, in: state, of: replay.belief, at: session.now)
    }
    let asks = !writing.yes && !writing.dryRun && Terminal.canAsk
    if format == .table {
      Terminal.write(deed.sheet.render(.forOutput))
    } else if asks {
      // Nobody signs what they were not shown, and what programs read stays clean.
      Terminal.writeError(deed.sheet.render(.forErrors))
    }
    if writing.dryRun {
      try tell(deed, planned, nil)
      return nil
    }
    if asks, !Terminal.confirm(deed.question) {
      throw Failure(.failed, "not confirmed; nothing was signed")
    }
    let done = try await submit(intent, about: draft)
    let views = done.events.compactMap { event -> GrantView? in
      guard case .transition(let step) = event else { return nil }
      return GrantView(
        step.grant, in: step.after, of: done.replay.belief, at: done.replay.now)
    }
    try tell(deed, views, done)
    return done
  }

  /// What comes after: of what waits on a branch and wants no more signatures, that it is landed.
  private func nextStep(_ deed: Deed, _ views: [GrantView], _ done: Submitted) -> NextStep? {
    guard let lane = done.lane, views.allSatisfy({ $0.state != .pending }) else {
      return deed.next(views)
    }
    return NextStep(
      command: "daypass land \(lane)", note: "or a merge of its pull request, with a merge commit",
      by: policy.reconcilers.sorted())
  }

  /// For programs, where there was nothing to do.
  func nothingDone(_ action: String) -> OutputValue { result(action, [], nil, next: nil) }

  private func result(
    _ action: String, _ grants: [OutputValue], _ done: Submitted?, next: NextStep?
  ) -> OutputValue {
    .object(
      [
        ("action", .string(action)), ("dryRun", .bool(writing.dryRun)),
        ("commit", .optional(done?.commit.hex)), ("branch", .string(branch(done))),
        ("pushed", .bool(done?.isPushed ?? false)), ("grants", .list(grants)),
        ("next", .optional(next?.command)),
      ] + (done?.lane == nil ? [] : [("pullRequest", .optional(done?.pullRequest))]))
  }

  private func tell(_ deed: Deed, _ views: [GrantView], _ done: Submitted?) throws {
    // What has not been done leads nowhere yet.
    let next = done.flatMap { nextStep(deed, views, $0) }
    guard format == .table else {
      let grants = views.map { deed.givesID && done == nil ? $0.outputWithoutID : $0.output }
      let value = result(deed.action, grants, done, next: next)
      return Terminal.write(try value.render(format))
    }
    if let done {
      Terminal.write(Done.lines(deed.outcome(views), done, in: session))
    } else {
      Notice.dryRun(deed.givesID ? "the id is given when it is signed" : nil)
    }
    if let next { Terminal.write(Done.next(next)) }
  }
}

/// What a writing command is about to do, in words.
struct Deed {
  /// For programs: `approve`.
  let action: String
  /// Whether a new grant comes of it: its id holds the time of signing, and is known only then.
  var givesID = false
  /// What is shown before anybody signs.
  var sheet = Sheet()
  /// What is asked on a terminal.
  let question: String
  /// What has happened, one line.
  let outcome: ([GrantView]) -> String
  /// The next command, for whoever it concerns; nil for none.
  let next: ([GrantView]) -> NextStep?
}

/// What a person should know although they asked for something else; on the error stream.
enum Notice {
  static func disputes(_ replay: Replay) {
    guard !replay.disputes.isEmpty else { return }
    let places = Words.count(replay.disputes.count, "place")
    let (verb, it) = replay.disputes.count == 1 ? ("is", "it confers") : ("are", "they confer")
    warn("\(places) in the tree \(verb) not what was signed for; \(it) nothing (daypass verify)")
  }

  /// What was asked for with ``PinOptions/trustPins``, and what that leaves open.
  static func trust(_ replay: Replay) {
    guard let pin = replay.trustedPin else {
      return warn("there is no pin whose word could be taken: all was judged from the root on")
    }
    warn(
      "\(Words.count(pin.unjudged, "commit")) up to the pin \(pin.commit.short) of \(pin.at) were "
        + "not judged (--trust-pins): the word of \(pin.signer) was taken for them")
  }

  /// What every command says on the output that was told not to write.
  static func dryRun(_ more: String? = nil) {
    let rest = more.map { "; \($0)" } ?? ""
    Terminal.write("\(Style.forOutput.warn("dry run:")) nothing was written\(rest)\n")
  }

  static func hopeless() {
    warn("nobody can grant this: without requester and subject too few approvers are left")
  }

  static func warn(_ failure: Failure) {
    warn(failure.sentence)
    for line in failure.hint.split(separator: "\n") {
      Terminal.writeError("  \(Style.forErrors.dim(Words.safe(String(line))))\n")
    }
  }

  static func warn(_ sentence: String) {
    Terminal.writeError("\(Style.forErrors.warn("note:")) \(Words.safe(sentence))\n")
  }
}
