import Glibc

extension GitRepository {
  /// The command that ends what git was left half done with in this checkout; nil where nothing is.
  ///
  /// A rebase detaches `HEAD`, so the branch alone does not tell.
  package var abortCommand: String? {
    let marks = [
      ("rebase-merge", "git rebase --abort"), ("rebase-apply/applying", "git am --abort"),
      ("rebase-apply", "git rebase --abort"), ("MERGE_HEAD", "git merge --abort"),
      ("CHERRY_PICK_HEAD", "git cherry-pick --abort"), ("REVERT_HEAD", "git revert --abort"),
    ]
    return marks.first { access("\(gitDirectory)/\($0.0)", F_OK) == 0 }?.1
  }
}
