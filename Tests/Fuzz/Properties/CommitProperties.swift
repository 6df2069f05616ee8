import History

/// What was signed and its signature are the whole object; both readings say the same.
enum CommitProperties {
  static func check(_ input: [UInt8]) throws(Broken) {
    guard let record = CommitRecord(id: .zero, parsing: input) else { return }
    try require(
      (0...253_402_300_799).contains(record.committerTime), "the committer's time is out of range")
    try checkMessage(of: record, input)
    guard let signed = record.signed else { return }
    try require(!input.contains(0), "an object with NUL is signed")

    let parents = record.parents.map { "parent \($0.hex)\n" }.joined()
    let beginning = "tree \(record.tree.hex)\n\(parents)author "
    try require(input.starts(with: beginning.utf8), "the object does not begin with its header")

    let header = fold(signed.armor)
    let positions = headerLineStarts(signed.payload).filter {
      signed.payload[..<$0] + header + signed.payload[$0...] == input[...]
    }
    try require(!positions.isEmpty, "payload and signature do not make up the object")
    guard let position = positions.first else { return }

    guard let bare = CommitRecord(id: .zero, parsing: signed.payload) else {
      throw Broken(sentence: "what was signed is no commit")
    }
    try require(bare.signed == nil, "what was signed is signed itself")
    try require(
      bare.tree == record.tree && bare.parents == record.parents && bare.author == record.author
        && bare.committerTime == record.committerTime
        && bare.message.utf8.elementsEqual(record.message.utf8),
      "what was signed says something else than the object")

    // A second signature, wherever it is put, takes the standing away.
    for other in headerLineStarts(input) {
      let twice = Array(input[..<other] + header + input[other...])
      try require(
        CommitRecord(id: .zero, parsing: twice)?.signed == nil, "two signatures count as one")
    }
    let after = position + header.count
    let unfolded = Array(input[..<after] + "x-gpgsig y\n".utf8 + input[after...])
    try require(
      CommitRecord(id: .zero, parsing: unfolded)?.signed == nil, "an unknown header is signed")
  }

  private static func checkMessage(of record: CommitRecord, _ input: [UInt8]) throws(Broken) {
    var body: ArraySlice<UInt8> = []
    for index in input.indices.dropLast() where input[index] == 0x0a && input[index + 1] == 0x0a {
      body = input[(index + 2)...]
      break
    }
    let message = String(decoding: body, as: UTF8.self)
    try require(record.message.utf8.elementsEqual(message.utf8), "the message is another")
    try require(
      message.utf8.starts(with: record.subject.utf8) && !record.subject.utf8.contains(0x0a),
      "the subject is not the message's first line")
    for name in ["Daypass-Mainline", "Daypass-Policy", "Daypass-State"] {
      // Bytes that are no UTF-8 are shown as U+FFFD, and no value of ours has any.
      guard let value = record.trailer(name), !value.unicodeScalars.contains("\u{fffd}") else {
        continue
      }
      let line = Array("\(name): \(value)".utf8)
      let starts = input.indices.filter { $0 > 0 && input[$0 - 1] == 0x0a }
      guard let place = starts.last(where: { input[$0...].starts(with: line) })
      else { throw Broken(sentence: "a trailer is no line of the message") }
      let doubled = Array(input[..<place] + line + [0x0a] + input[place...])
      try require(
        CommitRecord(id: .zero, parsing: doubled)?.trailer(name) == nil,
        "a trailer counts that is there twice")
    }
  }

  /// The header as it stands in the object: every further line begins with a space.
  private static func fold(_ armor: [UInt8]) -> [UInt8] {
    var header = Array("gpgsig ".utf8)
    for (index, byte) in armor.enumerated() {
      header.append(byte)
      if byte == 0x0a, index + 1 < armor.count { header.append(0x20) }
    }
    return header
  }

  /// Where a header may begin: behind the first line, up to the empty line.
  private static func headerLineStarts(_ bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    for index in bytes.indices.dropFirst() where bytes[index - 1] == 0x0a {
      starts.append(index)
      if bytes[index] == 0x0a { break }
    }
    return starts
  }
}
