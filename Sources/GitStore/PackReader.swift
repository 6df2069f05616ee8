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
    return Digest.withSHA1(header, object.bytes) { ObjectID(startOf: $0) }
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
          if isAsked, entry.size > 0 {
            guard let delta = delta(entry, in: pack) else { return nil }
            if let size = Delta.resultSize(of: delta), size > limit { return .tooLarge }
          }
          deltas.append((current, entry))
          current = Place(pack: place.pack, offset: base)
          continue
        }
        break
      }
      // The one asked for was inflated last: if there is no other, it is there still.
      var isInflated = deltas.count == 1
      for (place, entry) in deltas.reversed() {
        guard let delta = isInflated ? inflation.last : delta(entry, in: pack) else { return nil }
        isInflated = false
        let result = object.bytes.withUnsafeBytes { base -> [UInt8]? in
          guard let delta = Delta(delta, uponSize: base.count),
            delta.resultSize <= PackReader.largestBase
          else { return nil }
          return delta.applied(to: base)
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

    /// Valid until something else is inflated.
    private mutating func delta(
      _ entry: PackFile.Entry, in pack: OpenPack
    ) -> UnsafeRawBufferPointer? {
      inflation.inflateHere(pack.file.bytes(at: entry.start), size: entry.size)
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
