import Grants
import Policies

extension TrustRule {
  /// What was signed for a copy of the repository under another name counts for nothing here.
  ///
  /// Not asked of what takes away: an ending needs only the id and its `closed`, else whoever edits
  /// the name in an active file would shield it.
  static func checkRepositoryName(_ act: Act) throws(Refusal) {
    guard act.transition.kind.givesAccess, let stated = act.asserted?.repository,
      stated != act.policy.policy.name
    else { return }
    throw Refusal(
      .repositoryName,
      "the grant names the repository \(Text.printable(stated)); this one is \(act.policy.policy.name)"
    )
  }
}
