import Grants
import History

/// A grant's content in one tree, with the blob it was read from.
struct PlacedContent: Sendable {
  let content: Content
  /// Set where exactly one regular file was found.
  let blob: ObjectID?
  /// Where anything lies.
  var states: Set<GrantState> = []
  /// The file in closed, if it can be read, whatever else lies beside it.
  var closing: Grant?

  static let absent = PlacedContent(content: .absent, blob: nil)

  var places: GrantPlaces { GrantPlaces(content: content, states: states, closing: closing) }
}

extension TreeReader {
  /// What that tree says of the grant, looking at its three places.
  func content(of id: GrantID, in root: ObjectID) throws(LedgerError) -> PlacedContent {
    var found: [(GrantPath, TreeEntry)] = []
    for state in GrantState.allCases {
      let path = GrantPath(state: state, id: id)
      if let entry = try entry(at: path.components, below: root) { found.append((path, entry)) }
    }
    guard let (path, entry) = found.last else { return .absent }
    // The last of the states is closed.
    var placed = try content(of: entry, at: path)
    if case .file(.closed, let grant) = placed.content { placed.closing = grant }
    if found.count > 1 {
      let states = found.map(\.0.state.rawValue).joined(separator: " and ")
      placed = PlacedContent(
        content: .unreadable("lies in \(states) at once"), blob: nil, closing: placed.closing)
    }
    placed.states = Set(found.map(\.0.state))
    return placed
  }

  /// Reads one entry as the file of that place.
  func content(of entry: TreeEntry, at path: GrantPath) throws(LedgerError) -> PlacedContent {
    func unreadable(_ why: String) -> PlacedContent {
      PlacedContent(content: .unreadable(why), blob: nil)
    }
    guard entry.isFile else {
      return unreadable(
        "is no plain file (mode \(String(entry.mode, radix: 8)); only 100644 is allowed)")
    }
    guard let bytes = try blob(entry.id, limit: Grant.largestFile) else {
      return unreadable("is larger than \(Grant.largestFile / 1_024) KiB")
    }
    do {
      let grant = try Grant(canonical: bytes)
      guard grant.id == path.id else { return unreadable("carries the id \(grant.id)") }
      if path.state == .closed, grant.closed == nil {
        return unreadable("lies in closed but has no \"closed\" entry")
      }
      return PlacedContent(content: .file(path.state, grant), blob: entry.id)
    } catch {
      return unreadable(error.description)
    }
  }
}
