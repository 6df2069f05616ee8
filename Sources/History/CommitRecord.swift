/// A commit as a replay sees it.
///
/// Two readings of the same bytes: the lenient one gives the walk its tree, parents and date, as
/// git itself would find them; the strict one (``signed``) is all that a signature may vouch for.
package struct CommitRecord: Sendable, Equatable {
  /// The part of a commit that was signed, present only if the whole object is of the strict
  /// grammar: `tree`, `parent`*, `author`, `committer`, `encoding`?, `mergetag`*, exactly one
  /// `gpgsig` (before or after the optional ones), an empty line, the message; no NUL anywhere.
  package struct Signed: Sendable, Equatable {
    /// The object's bytes without the `gpgsig` header: what was signed.
    package let payload: [UInt8]
    /// The armored signature, continuation spaces removed.
    package let armor: [UInt8]
  }

  /// The largest commit object, in bytes, that is read as signed and whose message is looked at.
  package static let largestSigned = 1 << 20

  /// The longest header line, in bytes, that is looked at in a larger one.
  static let longestLine = 1 << 16

  private static let longestTrailer = 1_024

  package let id: ObjectID
  package let tree: ObjectID
  package let parents: [ObjectID]
  /// Seconds since 1970, UTC; 0 where the committer line makes no sense.
  package let committerTime: Int64
  /// The whole object: what few readers want of it is looked for when they ask.
  private let bytes: [UInt8]
  private let messageStart: Int
  /// A huge message costs everybody who replays it; it says nothing and is signed by nobody.
  private let isHuge: Bool

  /// Reads a commit object.
  ///
  /// - Returns: nil if not even the tree and parents can be read, as git refuses such an object.
  package init?(id: ObjectID, parsing bytes: [UInt8]) {
    if bytes.count > Self.largestSigned {
      var reader = LargeCommitReader()
      bytes.withUnsafeBytes { reader.take($0) }
      self.init(id: id, reader)
    } else {
      self.init(id: id, small: bytes)
    }
  }

  private init?(id: ObjectID, small bytes: [UInt8]) {
    var lines = HeaderLines(bytes)
    guard let treeLine = lines.next(), let tree = Self.id(in: treeLine, after: "tree ") else {
      return nil
    }
    var parents = Parents()
    var line = lines.next()
    while let current = line, current.starts(with: "parent ".utf8) {
      guard let parent = Self.id(in: current, after: "parent ") else { return nil }
      parents.add(parent)
      line = lines.next()
    }
    var committer: Person?
    var committerSeen = false
    while let current = line {
      if !committerSeen, current.starts(with: "committer ".utf8) {
        committerSeen = true
        committer = Person(parsing: current.dropFirst("committer ".utf8.count))
      }
      line = lines.next()
    }
    self.id = id
    self.tree = tree
    self.parents = parents.all
    self.committerTime = committer?.time ?? 0
    self.bytes = bytes
    self.messageStart = lines.body.startIndex
    self.isHuge = false
  }

  /// What is left of an object that is larger than ``largestSigned``.
  ///
  /// - Returns: nil if not even the tree and parents could be read.
  init?(id: ObjectID, _ reader: consuming LargeCommitReader) {
    reader.end()
    guard !reader.isMalformed, let tree = reader.tree else { return nil }
    self.id = id
    self.tree = tree
    self.parents = reader.parents.all
    self.committerTime = reader.committerTime ?? 0
    self.bytes = reader.author
    self.messageStart = reader.author.count
    self.isHuge = true
  }

  /// `Name <email>` as written; it proves nothing.
  package var author: String {
    var lines = HeaderLines(bytes)
    while let line = lines.next() {
      guard line.starts(with: "author ".utf8) else { continue }
      let author = Self.nameAndEmail(line.dropFirst("author ".utf8.count).prefix(1_024))
      if !author.isEmpty { return author }
    }
    return ""
  }

  package var message: String { String(decoding: messageBytes, as: UTF8.self) }

  /// What was signed and the signature, or nil if the object is not of the strict grammar.
  package var signed: Signed? { isHuge ? nil : StrictCommit.read(bytes) }

  /// How much memory it takes, in bytes.
  package var footprint: Int { bytes.count + parents.count * 20 }

  private var messageBytes: ArraySlice<UInt8> { isHuge ? [] : bytes[messageStart...] }

  /// The message's first line.
  package var subject: String {
    String(decoding: messageBytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// The value of the trailer of that name: a line `name: value` of the message's last paragraph,
  /// if there is exactly one; else nil.
  ///
  /// Lines end at LF and nowhere else; a line of spaces, tabs and CR alone separates paragraphs. A
  /// value of more than 1,024 bytes is none: comparing strings can take quadratic time.
  package func trailer(_ name: String) -> String? {
    // By bytes: Swift takes CR LF for one character, and letters with marks for equal ones.
    let prefix = (name + ": ").utf8
    var found: ArraySlice<UInt8>?
    var rest = messageBytes
    var inParagraph = false
    while !rest.isEmpty {
      let start = rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.startIndex
      let line = rest[start...]
      rest = rest[..<max(start - 1, rest.startIndex)]
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) {
        if inParagraph { break }
        continue
      }
      inParagraph = true
      guard line.starts(with: prefix) else { continue }
      guard found == nil else { return nil }
      found = line.dropFirst(prefix.count)
    }
    guard let found, found.count <= Self.longestTrailer else { return nil }
    return String(decoding: found, as: UTF8.self)
  }

  static func id(in line: ArraySlice<UInt8>, after prefix: String) -> ObjectID? {
    guard line.starts(with: prefix.utf8) else { return nil }
    return ObjectID(lenientHexBytes: line.dropFirst(prefix.utf8.count))
  }

  private static func nameAndEmail(_ line: ArraySlice<UInt8>) -> String {
    guard let end = line.lastIndex(of: UInt8(ascii: ">")) else {
      return String(decoding: line, as: UTF8.self)
    }
    return String(decoding: line[...end], as: UTF8.self)
  }
}

/// The lines of a commit's header, then its message.
struct HeaderLines {
  private let bytes: [UInt8]
  private var position = 0
  private var inHeader = true

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next header line without its newline, or nil at the empty line that ends the header.
  mutating func next() -> ArraySlice<UInt8>? {
    guard inHeader, position < bytes.count else { return nil }
    let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    let line = bytes[position..<end]
    position = min(end + 1, bytes.count)
    if line.isEmpty {
      inHeader = false
      return nil
    }
    return line
  }

  /// What follows the header.
  var body: ArraySlice<UInt8> { bytes[position...] }
}

/// `Name <email> seconds zone`, strictly.
struct Person {
  let time: Int64

  /// - Returns: nil unless there is exactly one `<` and one `>`, the seconds are plain digits
  ///   without leading zeros, at most the end of the year 9999, and the zone is a sign and four
  ///   digits.
  init?(parsing line: ArraySlice<UInt8>) {
    guard line.count(where: { $0 == UInt8(ascii: "<") }) == 1,
      line.count(where: { $0 == UInt8(ascii: ">") }) == 1,
      let open = line.firstIndex(of: UInt8(ascii: "<")),
      let close = line.firstIndex(of: UInt8(ascii: ">")), open < close,
      line.dropFirst(close + 1 - line.startIndex).first == UInt8(ascii: " ")
    else { return nil }
    let rest = line[(close + 2)...]
    guard let space = rest.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let digits = rest[..<space]
    let zone = rest[(space + 1)...]
    guard (1...12).contains(digits.count), digits.allSatisfy(Self.isDigit),
      digits.count == 1 || digits.first != UInt8(ascii: "0"),
      zone.count == 5, zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-"),
      zone.dropFirst().allSatisfy(Self.isDigit),
      let time = Int64(String(decoding: digits, as: UTF8.self)), time <= 253_402_300_799
    else { return nil }
    self.time = time
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
