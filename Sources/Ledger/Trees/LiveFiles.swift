import Grants
import History

/// The pending and active grants as the files of one commit have them, each valid in every part.
struct LiveFiles {
  /// Why they cannot be read as a belief.
  struct Fault: Error {
    let sentence: String
    /// Set where the store is at fault.
    var ledgerError: LedgerError?
  }

  let reader: TreeReader
  let policy: PolicySnapshot

  /// - Parameter root: a commit's tree.
  func read(in root: ObjectID) throws(Fault) -> [LiveGrant] {
    var live: [LiveGrant] = []
    for state in [GrantState.pending, .active] {
      let path = ["grants", state.rawValue]
      guard
        let entry = try reading({ () throws(LedgerError) in
          try reader.entry(at: path, below: root)
        })
      else { continue }
      try collect(entry, at: path, in: root, into: &live)
    }
    return live
  }

  private func collect(
    _ entry: TreeEntry, at path: [String], in root: ObjectID, into live: inout [LiveGrant]
  ) throws(Fault) {
    let place = path.joined(separator: "/")
    guard entry.isTree,
      let tree = try reading({ () throws(LedgerError) in try reader.tree(entry.id) })
    else { throw Fault(sentence: "has no directory at \(Text.printable(place))") }
    for child in tree.entries {
      let below = path + [child.name]
      switch GovernedShape.kind(of: child.name, in: path) {
      case .ignored: continue
      case .directory: try collect(child, at: below, in: root, into: &live)
      case .file: live.append(try grant(at: below.joined(separator: "/"), in: root))
      case .stray: throw Fault(sentence: "has \(Text.printable("\(place)/\(child.name)"))")
      }
    }
  }

  private func grant(at path: String, in root: ObjectID) throws(Fault) -> LiveGrant {
    guard let place = GrantPath(path) else {
      throw Fault(sentence: "has \(Text.printable(path))")
    }
    // Looked for in all three states: one that lies in two of them is in neither.
    let placed = try reading { () throws(LedgerError) in
      try reader.content(of: place.id, in: root)
    }
    guard case .file(let state, let grant) = placed.content, let blob = placed.blob,
      state == place.state
    else { throw Fault(sentence: "has \(path), which cannot be read") }
    if let objection = grant.objection(in: state) {
      throw Fault(sentence: "has \(path): \(objection)")
    }
    guard grant.repository == policy.policy.name,
      grant.canonicalBytes.count <= Grant.largestOpenFile
    else { throw Fault(sentence: "has \(path), which is not this repository's or too large") }
    return LiveGrant(
      state: state, grant: grant, blob: blob, requestSignedAt: grant.requestedAt)
  }

  private func reading<Value>(_ body: () throws(LedgerError) -> Value) throws(Fault) -> Value {
    do {
      return try body()
    } catch {
      throw Fault(sentence: error.sentence, ledgerError: error)
    }
  }
}
