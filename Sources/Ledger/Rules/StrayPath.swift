import Grants

extension TrustRule {
  /// Below `grants/` only the files of grants can be believed; anything else counts as absent.
  static func refuseStrayPath(_ path: String) -> Refusal {
    Refusal(
      .strayPath,
      "\(Text.printable(path)) is no grant's place: grants/<state>/YYYY/MM/DD/HH/<id>.json"
    )
  }
}
