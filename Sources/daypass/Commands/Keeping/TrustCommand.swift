import ArgumentParser
import GitStore
import Grants
import History
import Ledger

struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust",
    abstract: "Show or set the root commit that everything is verified from.",
    discussion: """
      The root is the one thing no signature proves: whoever can set it decides who the admins are. \
      Get its 40 digits from somebody you trust, by another way than this repository, and compare \
      what is shown before you say yes. A shortened id is refused: commits whose ids begin alike can \
      be made.

      --forget drops what was verified here before (the checkpoint). It is needed after the branch \
      was rewritten for a reason you know; without it every rewritten history is refused.

      Examples:
        daypass trust
        daypass trust 9df36c43eeaff087ed76d6ee665dc0193205e867
        daypass trust --forget
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  @Argument(
    help: ArgumentHelp("The commit to trust from now on, all 40 digits.", valueName: "commit"))
  var commit: String?

  @Flag(help: "Drop the last verified head and all that was derived from it.")
  var forget = false

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  @Flag(help: "Show what would change; change nothing.")
  var dryRun = false

  func validate() throws {
    guard commit == nil || !forget else {
      throw ValidationError("Either a commit or --forget, not both.")
    }
  }

  func run() async throws {
    if let commit {
      try await change(to: try Self.fullID(commit))
    } else if forget {
      try await forgetCheckpoint()
    } else {
      try await show()
    }
  }

  static func fullID(_ text: String) throws -> ObjectID {
    if let id = ObjectID(hex: text) { return id }
    let isShort = text.count < 40 && text.allSatisfy(\.isHexDigit)
    throw Failure(
      .usage,
      isShort
        ? "\(text) is only the beginning of an id; commits whose ids begin alike can be made"
        : "\(text) is no full commit id: 40 digits of 0-9 and a-f",
      hint: "Ask somebody you trust for all 40 digits.")
  }

  // MARK: Changing

  private func change(to root: ObjectID) async throws {
    let session = try await Session.open(options, trusting: root)
    guard try session.repository.contains(root) else {
      throw Failure(
        .failed, "the commit \(root) is not in this repository",
        hint: "Fetch it: git fetch \(session.remoteName ?? "--all")")
    }
    let belief = try session.ledger.rootBelief()
    let stated = try await Session.statedRoot(options, session.repository)
    var old: Belief?
    if let stated, stated != root {
      old = try? Ledger(history: session.repository, root: stated, branch: session.branch)
        .rootBelief()
    }
    Terminal.writeError(words(for: root, belief, replacing: stated, old))
    Terminal.writeError(Self.reach(session))
    if dryRun { return Notice.dryRun() }
    if stated != root { try ask("Trust \(root) as the root?") }
    try await session.repository.setLocalConfiguration("daypass.root", root.hex)
    Terminal.write(Done.line("trusted \(root) as the root"))
  }

  /// Asks on a terminal; elsewhere only `--yes` will do, since nobody has looked.
  private func ask(_ question: String) throws {
    if yes { return }
    guard Terminal.canAsk else {
      throw Failure(.usage, "nobody can be asked here", hint: "Look at it, then say --yes.")
    }
    guard Terminal.confirm(question) else { throw Failure(.failed, "nothing was changed") }
  }

  private func words(
    for root: ObjectID, _ belief: Belief, replacing stated: ObjectID?, _ old: Belief?
  ) -> String {
    let style = Style.forErrors
    let policy = belief.policy
    guard let stated, stated != root, let old else {
      var text = "\(Words.safe(policy.policy.name)), serial \(policy.policy.serial), "
      text += "\(Words.count(belief.live.count, "live grant"))\n"
      for admin in policy.policy.admins {
        for entry in policy.signers.entries(of: admin.name) {
          text += "  admin \(Words.safe(entry.words))\n"
        }
      }
      if let stated, stated != root { text += "The old root \(stated.short) cannot be read.\n" }
      return text
    }
    var text = "From the root \(stated.short) to \(root.short):\n"
    text += PolicyDifference(from: old.policy, to: policy).render(style)
    let (before, after) = (Self.grants(old), Self.grants(belief))
    for gone in before.subtracting(after).sorted() { text += style.bad("- grant \(gone)") + "\n" }
    for new in after.subtracting(before).sorted() { text += style.good("+ grant \(new)") + "\n" }
    return text
  }

  private static func grants(_ belief: Belief) -> Set<String> {
    Set(
      belief.live.values.map {
        "\($0.grant.id) \($0.state.rawValue): \($0.grant.role) for \($0.grant.subject)"
      })
  }

  /// Whether the branch verifies from that root, as a warning only: the branch may not be here yet.
  private static func reach(_ session: Session) -> String {
    guard let head = try? session.repository.tip(of: session.reference) else { return "" }
    do throws(LedgerError) {
      let replay = try session.ledger.replay(head: head, now: session.now)
      return "\(Words.safe(session.branch)) at \(head.short) verifies from there, "
        + "\(Words.count(replay.disputes.count, "dispute")).\n"
    } catch {
      return Style.forErrors.warn("\(session.branch) does not verify from there: ")
        + Words.safe(error.sentence) + "\n"
    }
  }

  private func forgetCheckpoint() async throws {
    let session = try await Session.open(options)
    guard let accepted = session.acceptedHead else {
      return Terminal.write("Nothing was verified here before.\n")
    }
    if dryRun {
      Terminal.write("Would forget that \(accepted) was verified here.\n")
      return Notice.dryRun()
    }
    try ask(
      "Forget that \(accepted.short) was verified here, so that a head without it is accepted?")
    session.checkpoints.forget()
    Terminal.write(
      Done.line("forgot \(accepted); the next command verifies from the root"))
  }
}

extension Session {
  /// The last head that was verified here.
  var acceptedHead: ObjectID? {
    storedCheckpoint?.verifiedHead
  }
}
