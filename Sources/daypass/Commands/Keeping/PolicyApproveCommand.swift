import ArgumentParser
import Grants
import History
import Ledger
import Submission

struct PolicyApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Sign your consent to an offered policy; the last one needed lands it.",
    discussion: """
      Shows what would change and who has signed, then signs. Name the branch, or the 40 digits of \
      the commit you have reviewed: then nothing is signed if the branch has moved since.

      Examples:
        daypass policy approve --dry-run
        daypass policy approve daypass/policy-7
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions
  @OptionGroup var writing: WritingOptions

  @Argument(
    help: ArgumentHelp(
      "Branch or commit; default: the branch of the next serial.", valueName: "branch|commit"))
  var target: String?

  func run() async throws {
    let desk = try await PolicyDesk.open(options, writing, format.output)
    let (branch, tip) = try await find(desk)
    let tree = try offered(tip, desk)
    let new = try snapshot(tree, desk)
    var events = try desk.submitter.preview(landing: tip, on: desk.start, at: desk.session.now)
    var admins = Self.admins(events, for: tree)
    let names = admins.sorted().map(\.name).joined(separator: ", ")
    Terminal.writeError(
      "Policy \(new.policy.serial) on \(Words.safe(branch)) at \(tip.short), signed by "
        + "\(names.isEmpty ? "nobody who counts" : names); \(desk.quorum) needed\n")
    for case .incident(let incident) in events {
      Terminal.writeError(
        Style.forErrors.warn("note: ") + "\(incident.commit.short) would be refused: "
          + Words.safe(incident.sentence) + "\n")
    }
    var outcome = PolicyOutcome(
      action: "policy-approve", serial: new.policy.serial, policy: tree, branch: branch)
    outcome.admins = Array(admins)
    guard try desk.confirm(new, writing, "Sign your consent?") else {
      return try desk.tell(outcome)
    }
    var last = tip
    if admins.contains(desk.me) {
      desk.say("nothing to sign: you have consented to policy \(new.policy.serial) already\n")
    } else {
      (last, events) = try await desk.submitter.consent(
        from: desk.believed.tree, to: tree, carried: nil, upon: tip,
        subject: "Consent to policy \(new.policy.serial)", on: desk.start)
      try await desk.publish(last, on: branch, expecting: tip)
      admins = Self.admins(events, for: tree)
      desk.say(
        desk.lines("signed your consent to policy \(new.policy.serial)", last, on: branch))
    }
    outcome.admins = Array(admins)
    guard Self.isComplete(events, for: tree) else {
      desk.say(desk.missing(besides: admins, on: branch))
      (outcome.commit, outcome.isPushed) = (last, desk.submitter.remote != nil)
      outcome.next = desk.next(besides: admins, on: branch)
      return try desk.tell(outcome)
    }
    let done = try await desk.submitter.submit(
      PolicyLandingIntent(tree: tree, branchTip: last, serial: new.policy.serial))
    desk.say(Done.lines("policy \(new.policy.serial) is in force", done, in: desk.session))
    outcome = PolicyOutcome(
      action: outcome.action, serial: outcome.serial, policy: tree, branch: desk.session.branch,
      commit: done.commit, isPushed: done.isPushed, isInForce: !done.isWaiting,
      admins: Array(admins))
    try desk.tell(outcome)
  }

  private func find(_ desk: PolicyDesk) async throws -> (String, ObjectID) {
    let reviewed = target.flatMap { ObjectID(hex: $0) }
    let branch = reviewed == nil ? target ?? desk.usualBranch : desk.usualBranch
    guard let tip = try await desk.tip(of: branch) else {
      throw Failure(
        .failed, "there is no branch \(branch), here or at the remote",
        hint: "Offer a policy: daypass policy commit")
    }
    if let reviewed, reviewed != tip {
      throw Failure(
        .conflict, "\(branch) is at \(tip.short), not at \(reviewed.short) any more",
        hint: "Look at what it is now: daypass policy approve --dry-run")
    }
    return (branch, tip)
  }

  /// The policies that the branch would bring.
  private func offered(_ tip: ObjectID, _ desk: PolicyDesk) throws -> ObjectID {
    let root = try desk.session.repository.tree(try desk.session.repository.commit(tip).tree)
    guard let entry = root.entry(named: "policies"), entry.isTree else {
      throw Failure(.failed, "\(tip.short) has no policies/")
    }
    guard entry.id != desk.believed.tree else {
      throw Failure(
        .failed,
        "\(tip.short) carries the policy that is in force already "
          + "(serial \(desk.believed.policy.serial))")
    }
    return entry.id
  }

  private func snapshot(_ tree: ObjectID, _ desk: PolicyDesk) throws -> PolicySnapshot {
    switch try desk.start.replay.policy(at: tree) {
    case .success(let snapshot):
      guard snapshot.policy.serial == desk.nextSerial else {
        throw Failure(
          .conflict,
          "it has the serial \(snapshot.policy.serial); after \(desk.nextSerial - 1), which is in "
            + "force, comes \(desk.nextSerial)",
          hint: "Make the change again upon what is in force: daypass sync && daypass policy commit"
        )
      }
      return snapshot
    case .failure(let fault):
      throw Failure(
        .denied, "the offered policy is not valid", hint: fault.problems.joined(separator: "\n"))
    }
  }

  private static func admins(_ events: [LedgerEvent], for tree: ObjectID) -> Set<Principal> {
    Set(
      events.compactMap { event in
        if case .consent(_, let admin, _, let to, _) = event, to == tree { return admin }
        return nil
      })
  }

  private static func isComplete(_ events: [LedgerEvent], for tree: ObjectID) -> Bool {
    events.contains { event in
      if case .policy(let change) = event { return change.to == tree }
      return false
    }
  }
}
