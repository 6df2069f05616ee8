import Grants

extension TrustRule {
  /// A grant's content is one plain file in one state, canonical, at the path its id demands.
  static func refuseReadableFile(_ why: String) -> Refusal {
    Refusal(.readableFile, "the file \(why)")
  }
}
