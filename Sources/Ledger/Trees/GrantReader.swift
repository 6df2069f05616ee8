import Grants
import History

/// A grant's content in one tree, with the blob it was read from.
struct PlacedContent: Sendable {
  let content: Content
  /// Set where exactly one regular file was found.
  let blob: ObjectID?
  /// The size of that file, in bytes.
  var size = 0
  /// Where anything lies.
  var states: GrantStates = []
  /// The file in closed, if it can be read, whatever else lies beside it.
  var closing: Grant?
  /// The regular file in closed, readable or not.
  var closedFile: ObjectID?

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
    return try content(found)
  }

  /// What the two trees say of the grant that `changed` is about, given all of its places that
  /// differ: the others are alike in both.
  func contents(
    of id: GrantID, changed: [GovernedDiff.ChangedPlace], in after: ObjectID
  ) throws(LedgerError) -> (before: PlacedContent, after: PlacedContent) {
    var found: (before: [(GrantPath, TreeEntry)], after: [(GrantPath, TreeEntry)]) = ([], [])
    for (state, components) in GrantPath.components(of: id) {
      let path = GrantPath(state: state, id: id)
      if let place = changed.first(where: { $0.state == state }) {
        if let entry = place.from { found.before.append((path, entry)) }
        if let entry = place.to { found.after.append((path, entry)) }
      } else if let entry = try entry(at: components, below: after) {
        found.before.append((path, entry))
        found.after.append((path, entry))
      }
    }
    return (try content(found.before), try content(found.after))
  }

  /// - Parameter found: what lies at the grant's places, in the order of the states.
  private func content(
    _ found: [(GrantPath, TreeEntry)]
  ) throws(LedgerError) -> PlacedContent {
    guard let (path, entry) = found.last else { return .absent }
    let last = try content(of: entry, at: path)
    var placed = last
    if found.count > 1 {
      let states = found.map(\.0.state.rawValue).joined(separator: " and ")
      placed = PlacedContent(content: .unreadable("lies in \(states) at once"), blob: nil)
    }
    // The last of the states is closed.
    if path.state == .closed, entry.isFile { placed.closedFile = entry.id }
    if case .file(.closed, let grant) = last.content { placed.closing = grant }
    placed.states = GrantStates(found.map { GrantStates($0.0.state) })
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
    guard let (read, size) = try grant(entry.id) else {
      return unreadable("is larger than \(Grant.largestFile / 1_024) KiB")
    }
    switch read {
    case .failure(let error): return unreadable(error.description)
    case .success(let grant):
      guard grant.id == path.id else { return unreadable("carries the id \(grant.id)") }
      if path.state == .closed, grant.closed == nil {
        return unreadable("lies in closed but has no \"closed\" entry")
      }
      return PlacedContent(content: .file(path.state, grant), blob: entry.id, size: size)
    }
  }

  /// The grant in that file, and the file's size in bytes; nil if the file is too large.
  private func grant(
    _ id: ObjectID
  ) throws(LedgerError) -> (Result<Grant, GrantFormatError>, size: Int)? {
    if let known = decoded(id) { return (.success(known.grant), known.size) }
    guard let bytes = try blob(id, limit: Grant.largestFile) else { return nil }
    do throws(GrantFormatError) {
      let grant = try Grant(canonical: bytes)
      keep(grant, as: id, size: bytes.count)
      return (.success(grant), bytes.count)
    } catch {
      return (.failure(error), bytes.count)
    }
  }
}
