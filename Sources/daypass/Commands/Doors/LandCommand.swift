import ArgumentParser
import Grants
import History
import Ledger
import Submission

struct LandCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "land",
    abstract: "Bring branches home: judge each, merge what may land, push.",
    discussion: """
      For a reconciler. Each branch is judged on the newest mainline, upon what landed before it; \
      the merge's tree is what is believed then, so neither a squash nor a stale merge can happen. \
      What cannot land is named with the reason and left where it is, and nobody else notices.

      In a loop in CI it is the whole gate for a forge without hooks of its own.

      Examples:
        daypass land daypass/20261123T181502Z-k3f9q2xw
        daypass land k3f9                         the same by a piece of the id
        daypass land --all                        every branch below daypass/
        daypass land --all --dry-run

      Ends with 0 if all that was named landed or had landed, with 4 if anything was left.
      """)

  @Argument(help: "The branches, here or at the remote.")
  var branches: [String] = []

  @Flag(help: "Every branch of a grant (daypass/ID) that has not landed.")
  var all = false

  @Flag(help: "Commit although the kernel does not vouch for the clock, or --now is ahead of it.")
  var assumeClock = false

  @OptionGroup var options: GlobalOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var writing: WritingOptions

  func validate() throws {
    if branches.isEmpty != all {
      throw ValidationError("name the branches to land, or say --all")
    }
  }

  func run() async throws {
    let session = try await Session.open(options)
    let submitter = try await session.submitter(offline: writing.noPush)
    let start = try await submitter.start()
    let me = writing.dryRun ? nil : try await reconciler(session, start.replay)
    try session.demandPinsBehind(start.replay)
    let offers =
      all
      ? try await submitter.lanes(on: start) : try await named(submitter, start, session)
    let report: LandingReport
    if let me, !offers.isEmpty {
      try me.demandKey(isDry: false)
      session.noteTypedTime(start.replay, isDry: false)
      report = try await submitter.land(offers, as: me.principal)
    } else {
      report = me == nil ? try submitter.previewLandings(of: offers, on: start) : LandingReport()
    }
    if output.output == .table {
      Terminal.write(LandingWords.text(report, isDry: writing.dryRun, style: .forOutput))
      if writing.dryRun { Notice.dryRun() }
    } else {
      Terminal.write(
        try LandingWords.output(report, isDry: writing.dryRun).render(output.output))
    }
    if !report.left.isEmpty { throw ExitCode(ExitStatus.denied.rawValue) }
  }

  /// Whoever lands. That they may not is said before what the clock lacks, which they need not mend.
  private func reconciler(_ session: Session, _ replay: Replay) async throws -> Identity {
    let me = try await Identity.find(stated: writing.identity, session, replay)
    try replay.demandReconciler(me.principal)
    try session.demandClock(assumed: assumeClock)
    try session.demandNotAhead(replay, assumed: assumeClock)
    return me
  }

  /// The named branches at their tips; those that have landed are said and left out.
  private func named(
    _ submitter: Submitter, _ start: Submitter.Start, _ session: Session
  ) async throws -> [Offer] {
    var offers: [Offer] = []
    for branch in branches {
      let offer = try await offer(branch, submitter, start)
      if try session.ledger.contains(offer.tip, in: start.replay.head) {
        Terminal.writeError("\(Words.safe(branch)) has landed already\n")
      } else {
        offers.append(offer)
      }
    }
    return offers
  }

  /// The branch of that name, else that of the one grant that it is a piece of the id of.
  private func offer(
    _ name: String, _ submitter: Submitter, _ start: Submitter.Start
  ) async throws -> Offer {
    if let tip = try await submitter.tip(of: name) { return Offer(branch: name, tip: tip) }
    if let offer = try Lane.choose(name, from: try await submitter.lanes(on: start)) {
      return offer
    }
    throw Failure(
      .failed, "there is no branch \(name), here or at the remote",
      hint: "What waits to be landed: daypass list, daypass land --all --dry-run")
  }
}

/// What became of branches, in words.
enum LandingWords {
  static func text(_ report: LandingReport, isDry: Bool, style: Style) -> String {
    var text = ""
    for landed in report.landed {
      let commit = isDry ? "" : ", commit \(landed.commit.short)"
      text += isDry ? "\(style.good("would land")) " : "\(style.good("done")) landed "
      text += "\(Words.safe(landed.offer.branch)) at \(landed.offer.tip.short)\(commit)\n"
      text += steps(of: landed.outlook).map { "  \($0)\n" }.joined()
    }
    for left in report.left {
      text += "\(style.bad("left")) \(Words.safe(left.offer.branch)) at \(left.offer.tip.short)\n"
      text += "  \(Words.safe(left.reason))\n"
      for hint in hints(left.refusals) { text += "  \(style.dim(hint))\n" }
    }
    if report.landed.isEmpty, report.left.isEmpty { text += "Nothing to land\n" }
    return text
  }

  static func hints(_ refusals: [Incident]) -> [String] {
    Array(Set(refusals.map(\.rule.hint).filter { !$0.isEmpty })).sorted()
  }

  /// What a branch brings, a line each.
  static func steps(of outlook: Outlook) -> [String] {
    outlook.events.compactMap { event in
      switch event {
      case .transition(let step):
        let end =
          step.after == .active ? step.grant.expiresAt.map { ", until \(Words.both($0))" } : nil
        return "\(step.kind.rawValue) \(Words.role(step.grant)) of \(step.grant.subject) "
          + "(\(step.grant.id.short)) by \(step.signer)\(end ?? "")"
      case .consent(_, let admin, _, _, _): return "consent of \(admin) to a new policy"
      case .policy(let change): return "policy \(change.serial) in force"
      case .incident, .settled, .pin: return nil
      }
    }
  }

  static func output(_ report: LandingReport, isDry: Bool) -> OutputValue {
    .object([
      ("dryRun", .bool(isDry)),
      ("head", .optional(report.submitted?.commit.hex)),
      ("pushed", .bool(report.submitted?.isPushed ?? false)),
      (
        "landed",
        .list(
          report.landed.map { landed in
            .object([
              ("branch", .string(landed.offer.branch)), ("tip", .string(landed.offer.tip.hex)),
              ("commit", .optional(isDry ? nil : landed.commit.hex)),
              ("steps", .list(steps(of: landed.outlook).map { .string($0) })),
            ])
          })
      ),
      (
        "left",
        .list(
          report.left.map { left in
            .object([
              ("branch", .string(left.offer.branch)), ("tip", .string(left.offer.tip.hex)),
              ("reason", .string(left.reason)),
              ("refusals", .list(left.refusals.map(Verdict.output))),
            ])
          })
      ),
    ])
  }
}
