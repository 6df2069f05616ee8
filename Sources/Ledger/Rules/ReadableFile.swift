import Grants

extension TrustRule {
  /// A grant's content is one plain file in one state, canonical, at the path its id demands.
  static func checkReadableFile(_ content: Content) throws(Refusal) {
    if case .unreadable(let why) = content {
      throw Refusal(.readableFile, "the file \(why)")
    }
  }
}
