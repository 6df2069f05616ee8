import ArgumentParser
import GitStore
import Grants
import History
import Ledger
import Policies
import Submission

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Change who may ask for what, and who must agree.",
    discussion: """
      Edit policies/ in the working tree, look at it (daypass check, daypass policy diff), and \
      commit it. It is in force once as many admins have signed their consent as adminQuorum in \
      policies/daypass.yaml says; what lies in the files alone changes nothing.
      """,
    subcommands: [PolicyDiffCommand.self, PolicyCommitCommand.self, PolicyApproveCommand.self])
}

/// An admin at work on the policy.
struct PolicyDesk {
  let session: Session
  let submitter: Submitter
  let start: Submitter.Start
  let me: Principal
  var format = OutputFormat.table

  static func open(
    _ options: GlobalOptions, _ writing: WritingOptions, _ format: OutputFormat = .table
  ) async throws -> PolicyDesk {
    let session = try await Session.open(options)
    let submitter = try await session.submitter(offline: writing.noPush)
    let start = try await submitter.start()
    let identity = try await Identity.find(stated: writing.identity, session, start.replay)
    let me = identity.principal
    let policy = start.replay.belief.policy.policy
    guard policy.isAdmin(me) else {
      // Whoever has no key yet is taken for what settings claim, and may be an admin all the same.
      let doubt =
        identity.isProven
        ? "" : "\nThat you are \(me) is known from \(identity.source) only: daypass whoami"
      throw Failure(
        .denied, "\(me) is not an admin and cannot change the policy",
        hint: "The admins are " + policy.admins.map(\.name).joined(separator: ", ") + "."
          + doubt + (identity.trouble.map { "\n\(Words.clause($0.sentence)):\n\($0.hint)" } ?? ""))
    }
    try identity.demandKey(isDry: writing.dryRun)
    session.noteTypedTime(start.replay, isDry: writing.dryRun)
    for dispute in start.replay.disputes where dispute.unit == .policies {
      Terminal.writeError(
        Style.forErrors.warn("note: ")
          + "policies/ in the tree is not what is in force: commit \(dispute.cause.commit.short) by "
          + "\(Words.safe(dispute.cause.author)) changed it and counts for nothing. What you sign "
          + "here may include it: read on.\n")
    }
    return PolicyDesk(
      session: session, submitter: submitter, start: start, me: me, format: format)
  }

  var believed: PolicySnapshot { start.replay.belief.policy }
  var quorum: Int { believed.policy.adminQuorum }
  var nextSerial: Int { believed.policy.serial + 1 }
  var usualBranch: String { "daypass/policy-\(nextSerial)" }

  /// Where that branch stands: at the remote if there is one, else here.
  func tip(of branch: String) async throws -> ObjectID? {
    if let remote = submitter.remote, let tip = try await remote.fetch(branch: branch) {
      return tip
    }
    return try session.repository.tip(of: "refs/heads/\(branch)")
  }

  /// Publishes a branch by compare-and-swap, and lets the one of that name here follow.
  func publish(_ commit: ObjectID, on branch: String, expecting old: ObjectID?) async throws {
    if let remote = submitter.remote {
      let known = try await remote.fetch(branch: branch)
      switch try await remote.push(commit, to: branch, expecting: known) {
      case .accepted: break
      case .stale:
        throw Failure(
          .conflict, "somebody else moved \(branch) meanwhile; nothing was changed",
          hint: "Begin again: daypass policy approve \(branch)")
      case .refused(let refusal): throw refusal
      }
    }
    let reference = "refs/heads/\(branch)"
    let here = try session.repository.tip(of: reference)
    if here == nil || here == old {
      try session.repository.move(
        reference, to: commit, expecting: here, because: "daypass: policy")
    }
  }

  /// Shows what would change; asks if somebody is there.
  ///
  /// - Returns: whether to go on.
  func confirm(
    _ new: PolicySnapshot, _ writing: WritingOptions, _ question: String
  ) throws -> Bool {
    let difference = PolicyDifference(from: believed, to: new)
    Terminal.writeError(
      difference.isEmpty
        ? "Only words that change no rule are different.\n" : difference.render(.forErrors))
    for finding in PolicyCheck(snapshot: new, now: session.now).findings {
      Terminal.writeError(Style.forErrors.warn("note: ") + Words.safe(finding.sentence) + "\n")
    }
    if writing.dryRun {
      if format == .table { Notice.dryRun() }
      return false
    }
    if !writing.yes, Terminal.canAsk, !Terminal.confirm(question) {
      throw Failure(.failed, "nothing was changed")
    }
    return true
  }

  /// Who must still sign besides those, and with which command.
  func missing(besides admins: Set<Principal>, on branch: String) -> String {
    let count = max(1, quorum - admins.count)
    let rest = believed.policy.admins.filter { !admins.contains($0) }
    let among = rest.count > count ? "any of " : ""
    return Done.more(
      "\(Words.count(count, "more admin")) must sign: \(among)\(Words.names(rest))")
      + Done.next(next(besides: admins, on: branch))
  }

  func next(besides admins: Set<Principal>, on branch: String) -> NextStep {
    NextStep(
      command: "daypass policy approve \(branch)",
      by: believed.policy.admins.filter { !admins.contains($0) })
  }

  /// Where a commit on a branch of its own lies.
  func lines(_ outcome: String, _ commit: ObjectID, on branch: String) -> String {
    Done.lines(
      outcome, commit, on: branch,
      session.whereabouts(isOffline: submitter.remote == nil, branch: branch))
  }
}

struct PolicyDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "What the working tree's policies/ would change, in words.",
    discussion: """
      Example:
        daypass policy diff
        daypass policy diff --from ../new-policies -o json
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Take the files from DIR instead of the working tree's policies/.", valueName: "dir"))
  var from: String?

  func run() async throws {
    let session = try await Session.open(options)
    let believed = try session.replay().belief.policy
    let files = try PolicyFiles.read(from: from, in: session.repository)
    let difference = PolicyDifference(from: believed, to: try files.parsed(.zero))
    if format.output != .table {
      Terminal.write(try difference.output.render(format.output))
    } else if difference.isEmpty {
      Terminal.write(
        "nothing would change: the rules are those in force (serial \(believed.policy.serial))\n")
    } else {
      Terminal.write(difference.render(.forOutput))
    }
  }
}
