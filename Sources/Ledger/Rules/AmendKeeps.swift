import Grants

extension TrustRule {
  /// An amendment keeps the requester; id, repository and the time asked are the file's place.
  static func checkAmendKeeps(_ act: Act) throws(Refusal) {
    guard case .amend(let request) = act.transition, let believed = act.believed else { return }
    guard request.requester == believed.grant.requester else {
      throw Refusal(.amendKeeps, "an amendment cannot make \(request.requester) the requester")
    }
  }
}
