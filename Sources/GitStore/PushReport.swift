import Submission

/// What `git push --porcelain` says became of one branch.
enum PushReport: Equatable {
  case accepted, stale
  /// Somebody else has the branch locked there, or left a lock behind; with the words to show.
  case locked(words: [String])
  /// Refused, with the words to show.
  case refused(RemoteError.Code, words: [String])
  /// It says nothing about the branch: it never came so far, or the answer was lost.
  case none

  init(_ result: ProgramResult) {
    let lines = result.text.split(separator: "\n")
    guard let line = lines.first(where: { $0.dropFirst().hasPrefix("\t") }) else {
      self = .none
      return
    }
    guard line.first == "!" else {
      self = result.succeeded ? .accepted : .none
      return
    }
    let summary = String(line.split(separator: "\t").last ?? "")
    let said = Transcript(result.errorText).serversWords
    if summary.contains("[remote failure]") {
      self = .none
    } else if said.contains(".lock': File exists") {
      self = .locked(words: [said, summary])
    } else if Self.isStale(summary, said) {
      self = .stale
    } else {
      self = .refused(Self.code(summary, said), words: said.isEmpty ? [summary] : [said, summary])
    }
  }

  private static func isStale(_ summary: String, _ said: String) -> Bool {
    staleWords.contains { summary.contains($0) || said.contains($0) }
      // Where trying again would not help: a branch `a` beside a branch `a/b`, a full disk.
      && !(["cannot create"] + troubleWords).contains { said.contains($0) }
  }

  private static func code(_ summary: String, _ said: String) -> RemoteError.Code {
    let text = "\(said)\n\(summary)".lowercased()
    let has = { (words: [String]) in words.contains { text.contains($0.lowercased()) } }
    if has(protectionWords) { return .protectedBranch }
    if has(["not allowed to push code to this project", "permission denied to update"]) {
      return .forbidden
    }
    if has(["hook declined", "declined"]) { return .rejectedByHook }
    if has(troubleWords + ["unpacker error", "unpack failed"]) { return .serverFault }
    return .rejected
  }

  /// How git, of any version and on either side, says that the branch is not where it was.
  private static let staleWords = [
    "(stale info)", "(fetch first)", "(non-fast-forward)", "(needs force)",
    "(remote ref updated since checkout)", "(failed to update ref)", "(failed to lock)",
    "(incorrect old value provided)", "(reference already exists)", "cannot lock ref",
  ]

  private static let troubleWords = [
    "Permission denied", "No space left on device", "Read-only file system",
    "insufficient permission", "Disk quota exceeded",
  ]

  /// GitHub (GH006, rulesets GH013), GitLab, Gitea and Forgejo, Bitbucket, Azure, Gerrit.
  private static let protectionWords = [
    "protected branch", "GH006:", "GH013:", "repository rule violations", "TF402455",
    "can only be modified through pull requests", "must use a pull request",
    "changes must be made through a pull request", "prohibited by Gerrit",
  ]
}
