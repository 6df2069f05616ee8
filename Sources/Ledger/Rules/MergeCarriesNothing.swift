import History

extension TrustRule {
  /// A merge, which needs no signature, decides nothing: it can neither smuggle in nor swallow.
  static func refuseMergeCarriesNothing(_ difference: Difference) -> Refusal {
    let what =
      switch (difference.believed, difference.found) {
      case (true, false): "it drops what is believed there"
      case (false, true): "it brings in what nobody signed"
      default: "it changes what is believed there"
      }
    return Refusal(.mergeCarriesNothing, "the tree of a merge decides nothing; \(what)")
  }
}
