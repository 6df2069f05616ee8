import Grants
import Policies

extension TrustRule {
  /// What was signed for a copy of the repository under another name counts for nothing here.
  static func checkRepositoryName(_ act: Act) throws(Refusal) {
    guard let stated = act.asserted?.repository, stated != act.policy.policy.name else { return }
    throw Refusal(
      .repositoryName,
      "the grant names the repository \(Text.printable(stated)); this one is \(act.policy.policy.name)"
    )
  }
}
