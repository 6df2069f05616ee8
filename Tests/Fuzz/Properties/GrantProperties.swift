import Grants

/// A grant has one spelling, and whatever can be read can be put into it.
enum GrantProperties {
  static func check(_ input: [UInt8]) throws(Broken) {
    try checkJSON(input)
    let grant: Grant
    do throws(GrantFormatError) {
      grant = try Grant(lenient: input)
    } catch {
      try requirePrintable(error.description)
      if (try? Grant(canonical: input)) != nil {
        throw Broken(sentence: "the strict reading takes what the lenient one refuses")
      }
      return
    }
    let spelled = grant.canonicalBytes
    // Layout can take a file beyond the limit; `daypass fmt` says so.
    guard spelled.count <= Grant.largestFile else { return }
    guard let again = try? Grant(canonical: spelled) else {
      throw Broken(sentence: "the grant's own spelling is refused")
    }
    try same(again, grant, "spelled out, the grant is another")
    let strict = try? Grant(canonical: input)
    try require((strict != nil) == (spelled == input), "another spelling is taken for canonical")
    if let strict { try same(strict, grant, "the two readings differ") }
    try checkParts(of: grant)
  }

  /// To the last byte: texts that are equal in Swift may differ in their scalars.
  private static func same(_ one: Grant, _ other: Grant, _ sentence: String) throws(Broken) {
    try require(one == other && one.canonicalBytes == other.canonicalBytes, sentence)
  }

  private static func checkJSON(_ input: [UInt8]) throws(Broken) {
    guard let value = try? JSONValue(parsing: input) else { return }
    let spelled = value.canonicalBytes
    guard let again = try? JSONValue(parsing: spelled) else {
      throw Broken(sentence: "a JSON value's own spelling is refused")
    }
    try require(again.canonicalBytes == spelled, "spelling a JSON value out changes it")
  }

  private static func checkParts(of grant: Grant) throws(Broken) {
    try require(GrantID(grant.id.description) == grant.id, "the id is not read back")
    try require(
      grant.requestedAt == grant.id.requestedAt
        && Timestamp(grant.requestedAt.description) == grant.requestedAt
        && Timestamp(compact: grant.requestedAt.compact) == grant.requestedAt,
      "the time is not read back")
    try require(
      TimeSpan(iso: grant.duration.iso) == grant.duration && grant.duration.seconds > 0
        && grant.duration <= .longest && grant.approvedDuration <= grant.duration,
      "the duration is not read back")
    try require(
      grant.request.request == grant.request && grant.request.approvals.isEmpty,
      "the request holds more than was asked for")
    for state in GrantState.allCases where grant.objection(in: state) == nil {
      let others = GrantState.allCases.filter { $0 != state }
      try require(
        others.allSatisfy { grant.objection(in: $0) != nil }, "the grant fits into two states")
    }
  }
}
