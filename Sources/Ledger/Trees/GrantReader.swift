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
    for (state, components) in GrantPath.components(of: id) {
      if let entry = try entry(at: components, below: root) {
        found.append((GrantPath(state: state, id: id), entry))
      }
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
    guard let read = try grant(entry.id) else {
      return unreadable("is larger than \(Grant.largestFile / 1_024) KiB")
    }
    switch read {
    case .failure(let error): return unreadable(error.description)
    case .success(let grant):
      guard grant.id == path.id else { return unreadable("carries the id \(grant.id)") }
      if path.state == .closed, grant.closed == nil {
        return unreadable("lies in closed but has no \"closed\" entry")
      }
      return PlacedContent(content: .file(path.state, grant), blob: entry.id)
    }
  }

  /// The grant in that file; nil if the file is too large.
  private func grant(
    _ id: ObjectID
  ) throws(LedgerError) -> Result<Grant, GrantFormatError>? {
    if let known = decoded(id) { return .success(known) }
    guard let bytes = try blob(id, limit: Grant.largestFile) else { return nil }
    do throws(GrantFormatError) {
      let grant = try Grant(canonical: bytes)
      keep(grant, as: id, size: bytes.count)
      return .success(grant)
    } catch {
      return .failure(error)
    }
  }
}
