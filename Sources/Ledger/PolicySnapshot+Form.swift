import Grants
import History
import Policies
import Signatures

extension PolicySnapshot {
  /// As a checkpoint keeps it, keys and all, to be read without a look at the files.
  var form: [UInt8] {
    var names = NameTable()
    var body = FieldWriter()
    body.put(policy, &names)
    body.put(all: signers.entries) { writer, entry in
      writer.put(entry.principal)
      writer.put(entry.key.type.rawValue)
      writer.put(entry.key.blob)
      writer.put(entry.key.material)
      writer.put(optional: entry.validAfter) { $0.put($1) }
      writer.put(optional: entry.validBefore) { $0.put($1) }
      writer.put(small: entry.line)
    }
    body.put(small: known.count)
    for person in known.sorted() { body.put(small: names.number(of: person.name)) }
    var writer = FieldWriter()
    writer.put(small: Policy.formVersion)
    writer.put(all: names.names) { $0.put($1) }
    return writer.bytes + body.bytes
  }
}

extension FieldReader {
  /// - Returns: nil where it makes no sense, or another version wrote it.
  mutating func policySnapshot(_ tree: ObjectID) -> PolicySnapshot? {
    guard small() == Policy.formVersion, let names = list({ $0.text() }),
      let policy = policy(names), let entries = list({ $0.signer() }),
      let known = list({ $0.name(names) }), isAtEnd
    else { return nil }
    return PolicySnapshot(
      tree: tree, policy: policy, signers: AllowedSigners(trusted: entries),
      known: Set(known.lazy.map { Principal(trusted: $0) }))
  }

  private mutating func signer() -> AllowedSigners.Entry? {
    guard let principal = text(), let type = text().flatMap(KeyType.init(rawValue:)),
      let blob = blob(), let material = self.blob(), let validAfter = optional({ $0.number() }),
      let validBefore = optional({ $0.number() }), let line = small()
    else { return nil }
    return AllowedSigners.Entry(
      principal: principal, key: PublicKey(trusted: type, blob: blob, material: material),
      validAfter: validAfter, validBefore: validBefore, line: line)
  }
}
