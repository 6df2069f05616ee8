import Grants
import History

/// Writes the fields of a checkpoint.
extension FieldWriter {
  mutating func put(_ id: ObjectID) { bytes += id.bytes }

  mutating func put(_ state: FoldState) {
    put(state.belief.policy.tree)
    put(state.belief.policy.form)
    put(state.belief.tree)
    bytes += state.belief.live.section
    put(all: state.belief.extras.sorted { $0.key < $1.key }) { writer, extra in
      writer.put(extra.key)
      writer.put(extra.value)
    }
    put(state.belief.archivedUpTo != nil)
    put(state.belief.archivedUpTo ?? Timestamp(seconds: 0))
    put(all: state.consents) { writer, consent in
      writer.put(consent.commit)
      writer.put(consent.admin.name)
      writer.put(consent.from)
      writer.put(consent.to)
      writer.put(consent.signedAt)
      writer.put(consent.carries)
    }
    put(state.commit)
    put(state.landedAt)
    put(state.pinnedCommit)
    put(state.pinnedAt != nil)
    put(state.pinnedAt ?? Timestamp(seconds: 0))
    put(all: state.disputes) { writer, dispute in
      writer.put(dispute.difference.path)
      writer.put(dispute.difference.believed)
      writer.put(dispute.difference.found)
      writer.put(dispute.cause)
    }
  }

  private mutating func put(_ incident: Incident) {
    put(incident.commit)
    put(incident.mainline)
    put(incident.landedAt)
    switch incident.unit {
    case .grant(let id): put("grant \(id)")
    case .policies: put("policies")
    case .place(let path): put("place \(path)")
    }
    put(incident.rule.rawValue)
    put(incident.sentence)
    put(incident.author)
    put(incident.signer?.name ?? "")
  }

  private mutating func put(_ tree: BeliefTree) {
    switch tree {
    case .stored(let id):
      put(true)
      put(id)
    case .edited(let children):
      put(false)
      put(all: children.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
        writer, child in
        writer.put(child.key)
        switch child.value {
        case .file(let id):
          writer.put(true)
          writer.put(id)
        case .directory(let tree):
          writer.put(false)
          writer.put(tree)
        }
      }
    }
  }
}
