import Foundation
import GitStore
import Grants
import History
import Ledger
import Signatures
import Submission

/// One repository, opened for one command: where to read, what to trust, what time it is.
struct Session {
  let repository: GitRepository
  let ledger: Ledger
  let clock: SystemClock
  /// The governed branch, `main`.
  let branch: String
  /// Whether `git config daypass.branch` says so.
  let isBranchNamed: Bool
  /// The remote the branch is shared through; nil if there is none.
  let remoteName: String?
  let checkpoints: CheckpointFile
  /// A person's word on which of two possible lines is the mainline.
  var choice: ObjectID?

  /// - Parameter chosen: the root to trust, whatever options and settings say.
  static func open(
    _ options: GlobalOptions, trusting chosen: ObjectID? = nil
  ) async throws -> Session {
    let repository = try GitRepository.open(at: options.directory)
    var root = chosen
    if root == nil { root = try await statedRoot(options, repository) }
    guard let root else { throw try await ungoverned(repository) }
    let stated = try await statedBranch(repository)
    let branch = if let stated { stated } else { try await usualBranch(repository) }
    return Session(
      repository: repository,
      ledger: Ledger(
        history: repository, root: root, branch: branch,
        sideBySide: SideBySide(secondReader: { try? repository.makeReader() }) { first, second in
          DispatchQueue.concurrentPerform(iterations: 2) { $0 == 0 ? first() : second() }
        }, progress: ProgressLine.wanted),
      clock: SystemClock(fixed: options.now?.moment), branch: branch,
      isBranchNamed: stated != nil,
      remoteName: try await remote(of: repository),
      checkpoints: CheckpointFile(
        directory: repository.commonDirectory, root: root, branch: branch,
        isReadOnly: options.now != nil))
  }

  var now: Timestamp { clock.now() }
  var reference: String { "refs/heads/\(branch)" }
  var local: CheckedOutBranch { CheckedOutBranch(repository: repository, branch: branch) }

  /// Where an earlier replay ended; nil if nothing is kept, or it cannot be read.
  var storedCheckpoint: Checkpoint? {
    checkpoints.stored(history: repository)
  }

  /// Where the governed branch stands here.
  func localHead() throws -> ObjectID {
    guard let head = try repository.tip(of: reference) else { throw missingBranch() }
    return head
  }

  /// Replays the local branch, as every reading command does.
  ///
  /// - Parameters:
  ///   - wholeHistory: start at the root even if a checkpoint would spare it, so that
  ///     `report` hears of everything.
  ///   - trustingPins: without a checkpoint, begin at the newest pin; nothing is kept of that.
  func replay(
    wholeHistory: Bool = false, trustingPins: Bool = false,
    report: @escaping (LedgerEvent) -> Void = { _ in }
  ) throws -> Replay {
    let stored = storedCheckpoint
    let head = try localHead()
    if trustingPins, stored == nil {
      let replay = try ledger.replay(head: head, now: now, trustingPins: true, report: report)
      Notice.trust(replay)
      return replay
    }
    // The last accepted head must still be contained, even where the whole history is read again.
    let replay = try ledger.replay(
      head: head, now: now, from: stored, choice: choice,
      report: wholeHistory && stored != nil ? { _ in } : report)
    remember(replay)
    guard wholeHistory, stored != nil else { return replay }
    return try ledger.replay(
      head: head, now: now, choice: choice ?? replay.state.commit, report: report)
  }

  /// Keeps the replay for the next run.
  ///
  /// A head that only exists here is not remembered as accepted: it may yet be replaced by what the
  /// remote has. A state that a pin contradicts is not kept either, so that every run says so again.
  func remember(_ replay: Replay) {
    guard replay.trustedPin == nil else { return }
    let contradicted = replay.pins.contains(where: \.contradicts)
    if !contradicted && isShared(replay.head) {
      checkpoints.keep(replay.checkpoint)
    } else if let stored = storedCheckpoint {
      let kept = contradicted ? stored : replay.checkpoint
      let accepted = isShared(replay.head) ? replay.head : stored.verifiedHead
      checkpoints.keep(kept.accepting(accepted))
    }
  }

  /// Whether the remote had that head when it was last asked; without a remote every head is.
  private func isShared(_ head: ObjectID) -> Bool {
    guard let remoteName else { return true }
    return (try? repository.tip(of: "refs/remotes/\(remoteName)/\(branch)")) == head
  }

  /// Everything a writing command needs.
  ///
  /// - Parameter isReading: whether nothing will be committed, so that it does not matter who one is.
  func submitter(offline: Bool = false, isReading: Bool = false) async throws -> Submitter {
    if offline || remoteName == nil { _ = try localHead() }
    let author =
      isReading ? Author(name: "-", email: "-") : try await Self.author(in: repository)
    let patience = try await Self.remoteTimeout(repository)
    return Submitter(
      ledger: ledger, reader: repository, writer: repository, local: local,
      remote: offline
        ? nil
        : remoteName.map { GitRemote(repository: repository, name: $0, timeout: patience) },
      signer: GitCommitSigner(repository: repository), clock: clock, checkpoints: checkpoints,
      author: author, choice: choice, remembers: !offline || remoteName == nil)
  }

  /// What git must know of whoever signs. For every repository: there may be none here yet.
  static let introduction = """
    git config --global user.name "Your Name"
    git config --global user.email you@example.com
    git config --global gpg.format ssh
    git config --global user.signingKey ~/.ssh/id_ed25519.pub
    """

  /// Who commits are by, from git's settings.
  static func author(in repository: GitRepository) async throws -> Author {
    let environment = ProcessInfo.processInfo.environment
    var email = environment["GIT_COMMITTER_EMAIL"]
    if email == nil { email = try await repository.configuration("user.email") }
    guard let email, !email.isEmpty else {
      throw Failure(
        .failed, "git does not know who you are",
        hint: "Tell it, and what you sign with:\n\(introduction)")
    }
    var name = environment["GIT_COMMITTER_NAME"]
    if name == nil { name = try await repository.configuration("user.name") }
    return Author(name: name ?? email, email: email)
  }

  /// The root that option, environment or settings name; nil where none does.
  static func statedRoot(
    _ options: GlobalOptions, _ repository: GitRepository
  ) async throws -> ObjectID? {
    var stated = options.root ?? ProcessInfo.processInfo.environment["DAYPASS_ROOT"]
    if stated == nil { stated = try await repository.configuration("daypass.root") }
    guard let stated, !stated.isEmpty else { return nil }
    guard let root = ObjectID(hex: stated) else {
      throw Failure(
        .usage, "the trusted root \(stated) is no full commit id: 40 digits of 0-9 and a-f",
        hint: "daypass trust COMMIT")
    }
    return root
  }

  static func governedBranch(_ repository: GitRepository) async throws -> String {
    if let stated = try await statedBranch(repository) { return stated }
    return try await usualBranch(repository)
  }

  private static func statedBranch(_ repository: GitRepository) async throws -> String? {
    try await repository.configuration("daypass.branch")
  }

  /// Where no setting names it.
  private static func usualBranch(_ repository: GitRepository) async throws -> String {
    var reference: String?
    if let remote = try await remote(of: repository) {
      reference = try repository.headReference(ofRemote: remote).map {
        "refs/heads/" + $0.dropFirst("refs/remotes/\(remote)/".count)
      }
    }
    if reference == nil { reference = try repository.headReference }
    guard let reference, reference.hasPrefix("refs/heads/") else {
      throw Failure(
        .failed, "no branch is checked out, and none is named as the governed one",
        hint: "Name it: git config daypass.branch main")
    }
    return String(reference.dropFirst("refs/heads/".count))
  }

  private static func remote(of repository: GitRepository) async throws -> String? {
    let names = try repository.remoteNames
    if let stated = try await repository.configuration("daypass.remote") { return stated }
    return names.contains("origin") ? "origin" : names.first
  }
}
