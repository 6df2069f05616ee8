import Grants
import HashTreeCollections

/// The pending and active grants, by id.
///
/// What a checkpoint has kept is decoded when it is asked for: a run that looks at one grant of ten
/// thousand pays for one. A copy shares what it does not change.
package struct LiveGrants: Sendable, Equatable {
  /// As the checkpoint has them; nil where the replay began at the root.
  let kept: LiveTable?
  /// Those of ``kept`` that have changed or ended since.
  private(set) var gone: TreeSet<GrantID> = []
  /// Those that are as ``kept`` does not have them.
  private(set) var changed: TreeDictionary<GrantID, LiveGrant> = [:]
  /// The changed ones of each person, so that judging a request costs what that person has.
  private var bySubject: TreeDictionary<Principal, TreeSet<GrantID>> = [:]

  init(_ kept: LiveTable? = nil) { self.kept = kept }

  init(_ grants: [LiveGrant]) {
    self.init()
    for grant in grants { insert(grant) }
  }

  package var count: Int { (kept?.count ?? 0) - gone.count + changed.count }
  package var isEmpty: Bool { count == 0 }

  /// How many are in that state.
  package func count(of state: GrantState) -> Int {
    var count = changed.values.count { $0.state == state }
    guard let kept else { return count }
    count += kept.count(of: state)
    for id in gone where kept.state(of: id) == state { count -= 1 }
    return count
  }

  package subscript(_ id: GrantID) -> LiveGrant? {
    if let live = changed[id] { return live }
    return gone.contains(id) ? nil : kept?[id]
  }

  /// All ids, in no order.
  package var keys: [GrantID] {
    (kept?.ids ?? []).filter { !gone.contains($0) } + changed.keys
  }

  /// All of them, in no order; decodes what the checkpoint has kept.
  package var values: [LiveGrant] {
    guard let kept else { return Array(changed.values) }
    var values: [LiveGrant] = []
    values.reserveCapacity(count)
    for index in 0..<kept.count where gone.isEmpty || !gone.contains(kept.id(at: index)) {
      values.append(kept.grant(at: index))
    }
    values += changed.values
    return values
  }

  /// Those of one person, in no order.
  func held(by subject: Principal) -> [LiveGrant] {
    let changed = (bySubject[subject] ?? []).compactMap { self.changed[$0] }
    guard let kept else { return changed }
    return kept.indices(heldBy: subject).compactMap { index in
      gone.contains(kept.id(at: index)) ? nil : kept.grant(at: index)
    } + changed
  }

  mutating func insert(_ live: LiveGrant) {
    let id = live.grant.id
    remove(id)
    changed[id] = live
    bySubject[live.grant.subject, default: []].insert(id)
  }

  @discardableResult
  mutating func remove(_ id: GrantID) -> LiveGrant? {
    guard let old = changed.removeValue(forKey: id) else {
      guard let old = kept?[id], gone.insert(id).inserted else { return nil }
      return old
    }
    bySubject[old.grant.subject]?.remove(id)
    if bySubject[old.grant.subject]?.isEmpty == true { bySubject[old.grant.subject] = nil }
    return old
  }

  /// As a checkpoint keeps them: the same bytes for the same grants.
  var section: [UInt8] {
    if let kept, gone.isEmpty, changed.isEmpty { return kept.section }
    return LiveTable.section(of: values.sorted { $0.grant.id < $1.grant.id })
  }

  package static func == (left: LiveGrants, right: LiveGrants) -> Bool {
    left.section == right.section
  }
}
