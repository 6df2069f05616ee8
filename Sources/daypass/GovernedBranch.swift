import GitStore
import History
import Submission

/// The governed branch of a clone and the working tree that may have it checked out.
struct GovernedBranch: LocalBranch {
  let repository: GitRepository
  let branch: String

  func tip() throws(HistoryError) -> ObjectID? { try repository.tip(of: "refs/heads/\(branch)") }

  func prepare(to new: ObjectID) throws(HistoryError) {}

  func advance(
    from old: ObjectID?, to new: ObjectID, because message: String
  ) throws(HistoryError) {
    guard old != new else { return }
    try repository.move("refs/heads/\(branch)", to: new, expecting: old, because: message)
  }
}
