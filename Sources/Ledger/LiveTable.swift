import Grants
import History

/// Live grants as a checkpoint keeps them: a record of one size for each, in id order, then the
/// names that the records name by number, then whatever else the grants say.
///
/// They are found, counted and asked for their people without being decoded. The checkpoint's hash
/// vouches for the bytes; nothing but a mistake of ours makes one that cannot be decoded.
final class LiveTable: Sendable {
  /// Where each field of a record lies, in bytes. Integers are little-endian.
  private enum Field {
    static let requestedAt = 0
    static let random = 8
    static let requestSignedAt = 16
    static let expiresAt = 24
    static let activatedAt = 32
    static let blob = 40
    static let subject = 60
    static let requester = 64
    static let role = 68
    static let rest = 72
    static let state = 76
    static let size = 80
  }

  /// Of the whole checkpoint: a copy would cost more than all that is read.
  private let reader: FieldReader
  private let whole: Range<Int>
  private let records: Range<Int>
  private let rest: Range<Int>
  private let names: [String]
  let count: Int
  private let pending: Int

  /// Takes the table that begins where the reader stands; nil if it makes no sense.
  init?(_ reader: inout FieldReader) {
    let start = reader.position
    guard let number = reader.number(), let count = Int(exactly: number), count >= 0,
      count <= Int(Int32.max), let records = reader.skip(count * Field.size),
      let names = reader.list({ $0.text() }), let length = reader.number(),
      let restSize = Int(exactly: length), let rest = reader.skip(restSize)
    else { return nil }
    self.count = count
    self.records = records
    self.rest = rest
    self.names = names
    whole = start..<reader.position
    self.reader = reader
    var pending = 0
    var last: GrantID?
    let areSound = reader.withBytes(records) { memory in
      for record in stride(from: 0, to: memory.count, by: Field.size) {
        let id = Self.id(memory, record)
        let state = memory[record + Field.state]
        guard last.map({ $0 < id }) ?? true, state <= 1,
          Int(Self.word(memory, record + Field.subject)) < names.count,
          Int(Self.word(memory, record + Field.requester)) < names.count,
          Int(Self.word(memory, record + Field.role)) < names.count,
          Int(Self.word(memory, record + Field.rest)) < rest.count
        else { return false }
        last = id
        if state == 0 { pending += 1 }
      }
      return true
    }
    guard areSound else { return nil }
    self.pending = pending
  }

  /// The table's bytes.
  var section: [UInt8] { reader.withBytes(whole) { Array($0) } }

  func count(of state: GrantState) -> Int {
    switch state {
    case .pending: pending
    case .active: count - pending
    case .closed: 0
    }
  }

  var ids: [GrantID] { (0..<count).map(id) }

  func id(at index: Int) -> GrantID {
    reader.withBytes(records) { Self.id($0, index * Field.size) }
  }

  func state(of id: GrantID) -> GrantState? { index(of: id).map(state) }

  subscript(_ id: GrantID) -> LiveGrant? { index(of: id).map(grant) }

  /// By halving.
  private func index(of id: GrantID) -> Int? {
    reader.withBytes(records) { memory in
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if Self.id(memory, middle * Field.size) < id {
          low = middle + 1
        } else {
          high = middle
        }
      }
      guard low < count, Self.id(memory, low * Field.size) == id else {
        return nil
      }
      return low
    }
  }

  private func state(at index: Int) -> GrantState {
    reader.withBytes(records) { $0[index * Field.size + Field.state] } == 0 ? .pending : .active
  }

  /// The grants that person has.
  func indices(heldBy subject: Principal) -> [Int] {
    guard let name = names.firstIndex(of: subject.name).map({ UInt32($0) }) else { return [] }
    return reader.withBytes(records) { memory in
      (0..<count).filter { index in
        Self.word(memory, index * Field.size + Field.subject) == name
      }
    }
  }

  /// What one says without its words.
  func fact(at index: Int) -> LiveGrants.Fact {
    let record = index * Field.size
    return reader.withBytes(records) { memory in
      func name(_ field: Int) -> String { names[Int(Self.word(memory, record + field))] }
      let start = rest.lowerBound + Int(Self.word(memory, record + Field.rest))
      var reader = reader.within(start..<rest.upperBound)
      guard let scope = reader.scopeAlone() else {
        preconditionFailure("the checkpoint is whole, but a grant in it is not")
      }
      return LiveGrants.Fact(
        id: Self.id(memory, record),
        state: memory[record + Field.state] == 0 ? .pending : .active,
        holding: LiveGrants.Holding(
          role: RoleName(trusted: name(Field.role)),
          subject: Principal(trusted: name(Field.subject)),
          requester: Principal(trusted: name(Field.requester))),
        activatedAt: Self.moment(Self.long(memory, record + Field.activatedAt)),
        expiresAt: Self.moment(Self.long(memory, record + Field.expiresAt)), scope: scope)
    }
  }

  /// Decodes one.
  func grant(at index: Int) -> LiveGrant {
    guard let grant = decoded(at: index) else {
      preconditionFailure("the checkpoint is whole, but grant \(id(at: index)) in it is not")
    }
    return grant
  }

  private func decoded(at index: Int) -> LiveGrant? {
    let record = index * Field.size
    return reader.withBytes(records) { memory in
      func name(_ field: Int) -> String { names[Int(Self.word(memory, record + field))] }
      let start = rest.lowerBound + Int(Self.word(memory, record + Field.rest))
      var reader = reader.within(start..<rest.upperBound)
      guard
        let blob = ObjectID(
          startOf: UnsafeRawBufferPointer(rebasing: memory[(record + Field.blob)...])),
        var grant = reader.grant(
          Self.id(memory, record), requester: Principal(trusted: name(Field.requester)),
          subject: Principal(trusted: name(Field.subject)),
          role: RoleName(trusted: name(Field.role)), names: names)
      else { return nil }
      grant.expiresAt = Self.moment(Self.long(memory, record + Field.expiresAt))
      grant.activatedAt = Self.moment(Self.long(memory, record + Field.activatedAt))
      return LiveGrant(
        state: memory[record + Field.state] == 0 ? .pending : .active, grant: grant, blob: blob,
        requestSignedAt: Timestamp(
          seconds: Self.long(memory, record + Field.requestSignedAt)))
    }
  }

  /// - Parameter grants: in id order.
  static func section(of grants: [LiveGrant]) -> [UInt8] {
    var writer = FieldWriter()
    var rest = FieldWriter()
    var names = NameTable()
    writer.put(Int64(grants.count))
    writer.bytes.reserveCapacity(grants.count * Field.size)
    for live in grants {
      let grant = live.grant
      writer.put(little: grant.id.requestedAt.seconds)
      writer.put(little: grant.id.random)
      writer.put(little: live.requestSignedAt.seconds)
      writer.put(little: grant.expiresAt?.seconds ?? .min)
      writer.put(little: grant.activatedAt?.seconds ?? .min)
      writer.put(live.blob)
      writer.put(little: UInt32(names.number(of: grant.subject.name)))
      writer.put(little: UInt32(names.number(of: grant.requester.name)))
      writer.put(little: UInt32(names.number(of: grant.role.name)))
      writer.put(little: UInt32(clamping: rest.bytes.count))
      writer.put(little: UInt32(live.state == .pending ? 0 : 1))
      rest.put(rest: grant, &names)
    }
    writer.put(all: names.names) { $0.put($1) }
    writer.put(rest.bytes)
    return writer.bytes
  }

  private static func id(_ memory: UnsafeRawBufferPointer, _ record: Int) -> GrantID {
    GrantID(
      requestedAt: Timestamp(seconds: long(memory, record + Field.requestedAt)),
      random: UInt64(bitPattern: long(memory, record + Field.random)))
  }

  private static func long(_ memory: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
    Int64(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: Int64.self))
  }

  private static func word(_ memory: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// The least number stands for none.
  private static func moment(_ seconds: Int64) -> Timestamp? {
    seconds == .min ? nil : Timestamp(seconds: seconds)
  }
}
