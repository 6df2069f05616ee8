import Clibgit2
import History
import Signatures
import Synchronization

/// Reads what is packed, remembering what the next object is likely to be made of.
///
/// A replay reads some ten objects a commit, most of them a directory that differs in one entry from
/// the one before, which is what it is packed as a delta of.
final class PackReader: Sendable {
  enum Found {
    case object(RawObject)
    /// At least by what its entry says; nothing was hashed.
    case tooLarge
  }

  /// Larger ones are nobody's base, or left to libgit2.
  private static let largestBase = 64 << 20

  private let packs: [OpenPack]
  private let state: Mutex<State>

  /// - Parameter directories: object directories; their packs as they are now.
  init(_ directories: [String]) throws(HistoryError) {
    var packs: [OpenPack] = []
    for path in directories.flatMap({ LargeObjects.packs(of: $0).sorted() }) {
      // What cannot be opened is libgit2's to complain of.
      if let file = try? PackFile.ifPresent(path) { packs.append(OpenPack(file)) }
    }
    self.packs = packs
    state = Mutex(State(inflation: try WholeInflation(), known: Known()))
  }

  /// - Returns: nil if no pack has it, or none that makes sense.
  func read(_ id: ObjectID, limit: Int) -> Found? {
    for (number, pack) in packs.enumerated() {
      guard let offset = pack.file.offset(of: id) else { continue }
      let found = state.withLock { state in
        state.read(Place(pack: number, offset: offset), in: pack, limit: limit)
      }
      switch found {
      case .tooLarge: return .tooLarge
      case .object(let object):
        if Self.id(of: object) == id { return found }
      case nil: continue
      }
    }
    return nil
  }

  /// Computed without collision detection, which takes as long as checking a signature: git detects
  /// when it receives what others made (docs/threat-model.md says what that leaves).
  private static func id(of object: RawObject) -> ObjectID? {
    let header = Array("\(object.kind.rawValue) \(object.bytes.count)\0".utf8)
    return Digest.sha1(header, object.bytes).withUnsafeBytes { ObjectID(startOf: $0) }
  }

  /// A pack that is never closed while it may be read.
  private final class OpenPack: Sendable {
    let file: PackFile
    init(_ file: consuming PackFile) { self.file = file }
  }

  private struct Place: Hashable {
    let pack: Int
    let offset: Int
  }

  private struct State: ~Copyable {
    var inflation: WholeInflation
    var known: Known

    mutating func read(_ place: Place, in pack: OpenPack, limit: Int) -> Found? {
      // Entries, not what they hold: a chain of small deflated deltas may inflate to gigabytes.
      var deltas: [(place: Place, entry: PackFile.Entry)] = []
      var asked: [UInt8]?
      var current = place
      var object: RawObject
      while true {
        if let known = known[current] {
          object = known
          break
        }
        guard let entry = pack.file.entry(at: current.offset),
          deltas.count <= pack.file.objectCount
        else { return nil }
        let isAsked = deltas.isEmpty
        guard entry.size <= (isAsked ? limit : PackReader.largestBase) else {
          return isAsked ? .tooLarge : nil
        }
        switch entry.content {
        case .whole(let kind):
          guard let bytes = content(of: entry, in: pack) else { return nil }
          object = RawObject(kind: kind, bytes: bytes)
          known.keep(object, at: current)
        case .delta(let base):
          if isAsked {
            asked = content(of: entry, in: pack)
            guard let asked else { return nil }
            if let size = Self.resultSize(asked), size > limit { return .tooLarge }
          }
          deltas.append((current, entry))
          current = Place(pack: place.pack, offset: base)
          continue
        }
        break
      }
      for (number, (place, entry)) in deltas.enumerated().reversed() {
        guard let bytes = number == 0 ? asked : content(of: entry, in: pack) else { return nil }
        let result = bytes.withUnsafeBytes { delta in
          object.bytes.withUnsafeBytes { base -> [UInt8]? in
            guard let delta = Delta(delta, uponSize: base.count),
              delta.resultSize <= PackReader.largestBase
            else { return nil }
            return delta.applied(to: base)
          }
        }
        guard let result else { return nil }
        object = RawObject(kind: object.kind, bytes: result)
        known.keep(object, at: place)
      }
      return object.bytes.count <= limit ? .object(object) : .tooLarge
    }

    private mutating func content(of entry: PackFile.Entry, in pack: OpenPack) -> [UInt8]? {
      inflation.inflate(pack.file.bytes(at: entry.start), size: entry.size)
    }

    private static func resultSize(_ delta: [UInt8]) -> Int? {
      delta.withUnsafeBytes { Delta.resultSize(of: $0) }
    }
  }

  /// What was read lately: a young generation and the one before.
  private struct Known {
    private static let most = 6 << 20
    private static let largest = 1 << 20

    private var young: [Place: RawObject] = [:]
    private var old: [Place: RawObject] = [:]
    private var size = 0

    subscript(place: Place) -> RawObject? {
      mutating get {
        if let object = young[place] { return object }
        guard let object = old[place] else { return nil }
        keep(object, at: place)
        return object
      }
    }

    /// Commits are in no order of likeness.
    mutating func keep(_ object: RawObject, at place: Place) {
      guard object.kind != .commit, object.bytes.count <= Self.largest else { return }
      if size > Self.most {
        old = young
        young = [:]
        size = 0
      }
      young[place] = object
      size += object.bytes.count + 100
    }
  }
}

/// Inflates what lies in memory, all at once.
private struct WholeInflation: ~Copyable, @unchecked Sendable {
  // `@unchecked Sendable` because it has one owner, which a lock guards; zlib ties a stream to no
  // thread. zlib keeps the address of this.
  private let stream: UnsafeMutablePointer<z_stream>

  init() throws(HistoryError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw HistoryError(.unreadable, "There is no memory to inflate objects.")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// - Parameter size: of what the stream must hold, in bytes.
  /// - Returns: nil if it holds anything else.
  mutating func inflate(_ input: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    guard !input.isEmpty, size < Int(UInt32.max), inflateReset(stream) == Z_OK else { return nil }
    var status = Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.pointee.avail_in = UInt32(min(input.count, Int(UInt32.max)))
      stream.pointee.next_out = buffer.baseAddress
      // One more than it may hold: then the stream's end is seen.
      stream.pointee.avail_out = UInt32(size + 1)
      status = Clibgit2.inflate(stream, Z_FINISH)
      count = size + 1 - Int(stream.pointee.avail_out)
    }
    return status == Z_STREAM_END && bytes.count == size ? bytes : nil
  }
}
