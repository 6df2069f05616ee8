import ArgumentParser
import Grants
import History
import Ledger
import Policies
import Submission

struct PolicyCommitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Sign a new policy, and land it or offer it to the other admins.",
    discussion: """
      Takes policies/ from the working tree, raises the serial by one, and signs your consent. If \
      one admin is enough it is in force at once; else it waits on a branch, and the other admins \
      sign with daypass policy approve.

      Examples:
        daypass policy commit -m "Bob joins the leads"
        daypass policy commit --from DIR       in a bare repository
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var format: OutputOptions
  @OptionGroup var writing: WritingOptions

  @Option(
    help: ArgumentHelp(
      "Take the files from DIR instead of the working tree's policies/.", valueName: "dir"))
  var from: String?

  @OptionGroup var offer: OfferOptions

  func run() async throws {
    let desk = try await PolicyDesk.open(options, writing, format.output)
    let read = try PolicyFiles.read(from: from, in: desk.session.repository)
    let believed = desk.believed
    let same = try FileTree.write(
      try read.numbered(believed.policy.serial).files, to: desk.session.repository)
    guard same != believed.tree else {
      throw Failure(
        .failed,
        "policies/ is as it is in force (serial \(believed.policy.serial)); "
          + "there is nothing to change",
        hint: "Edit the files in policies/ first.")
    }
    let files = try read.numbered(desk.nextSerial)
    let tree = try FileTree.write(files.files, to: desk.session.repository)
    let new = try files.parsed(tree)
    try Self.demandName(new.policy, believed.policy)
    guard try desk.confirm(new, writing, "Sign policy \(desk.nextSerial)?") else {
      return try desk.tell(
        Self.outcome(
          tree, desk, on: desk.quorum == 1 ? desk.session.branch : offer.branch ?? desk.usualBranch)
      )
    }
    let subject = offer.message ?? "Policy \(desk.nextSerial)"
    if desk.quorum == 1 {
      try await Self.land(tree, files, was: read, subject, desk)
    } else {
      try await Self.offer(tree, files, subject, desk, on: offer.branch)
    }
  }

  /// No other command would help: a repository keeps its name as long as it lives.
  private static func demandName(_ new: Policy, _ old: Policy) throws {
    guard new.name != old.name else { return }
    throw Failure(
      .denied,
      "the policy changes the name from \(old.name) to \(new.name), and a repository's name never "
        + "changes: every request is signed for it",
      hint: "Put it back: name: \(old.name) (\(new.source(of: "name")))")
  }

  private static func outcome(
    _ tree: ObjectID, _ desk: PolicyDesk, on branch: String
  ) -> PolicyOutcome {
    PolicyOutcome(action: "policy-commit", serial: desk.nextSerial, policy: tree, branch: branch)
  }

  /// Puts it in force with this one admin's consent.
  static func land(
    _ tree: ObjectID, _ files: PolicyFiles, was read: PolicyFiles, _ subject: String,
    _ desk: PolicyDesk
  ) async throws {
    // The edited files are what is committed: with the serial in them they are in nobody's way.
    try files.writeSerial()
    let done: Submitted
    do {
      done = try await desk.submitter.submit(
        PolicyIntent(admin: desk.me, tree: tree, serial: desk.nextSerial, subject: subject))
    } catch {
      try? read.writeSerial()
      guard files.folder != nil, error.sentence.contains("policies/daypass.yaml") else {
        throw error
      }
      throw SubmissionError(
        error.code, error.sentence,
        hint: "If it is staged, it is so without the new serial: git restore --staged policies/")
    }
    desk.say(Done.lines("policy \(desk.nextSerial) is in force", done, in: desk.session))
    var outcome = Self.outcome(tree, desk, on: desk.session.branch)
    (outcome.commit, outcome.isPushed) = (done.commit, done.isPushed)
    outcome.isInForce = !done.isWaiting
    outcome.admins = [desk.me]
    try desk.tell(outcome)
  }

  /// Puts it on a branch for the other admins.
  ///
  /// - Parameter name: the branch; nil is the one of the next serial.
  static func offer(
    _ tree: ObjectID, _ files: PolicyFiles, _ subject: String, _ desk: PolicyDesk, on name: String?
  ) async throws {
    let branch = name ?? desk.usualBranch
    guard branch != desk.session.branch else {
      throw Failure(.usage, "\(branch) is the governed branch; name another")
    }
    if let tip = try await desk.tip(of: branch) {
      throw Failure(
        .conflict, "the branch \(branch) is there already, at \(tip.short)",
        hint: "Agree with it: daypass policy approve \(branch)\n"
          + "Or offer yours on another: --branch NAME")
    }
    let (commit, _) = try await desk.submitter.consent(
      from: desk.believed.tree, to: tree, carried: tree, upon: desk.start.replay.head,
      subject: subject, on: desk.start)
    try await desk.publish(commit, on: branch, expecting: nil)
    try files.writeSerial()
    desk.say(
      desk.lines("offered policy \(desk.nextSerial)", commit, on: branch)
        + desk.missing(besides: [desk.me], on: branch))
    var outcome = Self.outcome(tree, desk, on: branch)
    (outcome.commit, outcome.isPushed) = (commit, desk.submitter.remote != nil)
    (outcome.admins, outcome.next) = ([desk.me], desk.next(besides: [desk.me], on: branch))
    try desk.tell(outcome)
  }
}
