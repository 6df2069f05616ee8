import GitStore
import Grants
import History
import Ledger
import Submission

/// Looks at everything daypass stands on, in the order in which one thing hides the next. Reads
/// only: not even a checkpoint is kept.
struct Doctor {
  let options: GlobalOptions
  /// How long the remote may take; nil does not ask it.
  let patience: TimeSpan?
  private(set) var findings: [Checkup] = []
  /// Whether the remote has what is not here: then a key may be listed there by now.
  var remoteHasMore = false

  init(options: GlobalOptions, patience: TimeSpan?) {
    self.options = options
    self.patience = patience
  }

  mutating func examine() async {
    await examinePrograms()
    let repository: GitRepository
    do {
      repository = try GitRepository.open(at: options.directory)
    } catch {
      return await add(unopened: error)
    }
    add("repository", .ok, repository.workTree ?? "\(repository.gitDirectory), bare")
    examineOwner(repository)
    let session: Session
    do {
      session = try await Session.open(options)
    } catch {
      add("root", .problem, Failure(error))
      await examineAttributes(repository)
      return await examineSigning(repository)
    }
    let replay = examineHistory(session)
    await examineBranch(session)
    examineCheckpoint(session, replay)
    await examineRemote(session, replay)
    await examineAttributes(repository)
    examineClock(session, replay)
    await examineSigning(repository)
    await examineKey(session, replay)
  }

  mutating func add(
    _ name: String, _ level: Checkup.Level, _ words: String, hint: String = "",
    remedy: Checkup.Remedy? = nil
  ) {
    findings.append(Checkup(name: name, level: level, words: words, hint: hint, remedy: remedy))
  }

  mutating func add(
    _ name: String, _ level: Checkup.Level, _ failure: Failure, remedy: Checkup.Remedy? = nil
  ) {
    add(name, level, failure.sentence, hint: failure.hint, remedy: remedy)
  }

  /// It is there and daypass will not work with it, or it is not there at all.
  private mutating func add(unopened error: HistoryError) async {
    let directory = options.directory
    // A partial clone is incomplete as well, and cannot be completed in place.
    let isShallow = error.code == .incomplete && error.hint.contains("--unshallow")
    let remedy = Checkup.Remedy(words: "fetched the history that was not here") {
      try await Diagnosis.unshallow(at: directory)
    }
    add("repository", .problem, Failure(error), remedy: isShallow ? remedy : nil)
  }
}
