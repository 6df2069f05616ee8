/// The members of one JSON object, each taken once, so that unknown keys are what is left over.
struct JSONMembers {
  private var members: [String: JSONValue] = [:]
  private let owner: String

  init(_ value: JSONValue, of owner: String) throws(GrantFormatError) {
    guard case .object(let pairs) = value else {
      throw GrantFormatError("has something else than an object as \(owner)")
    }
    self.owner = owner
    // Two keys that differ only by Unicode normalisation are one key to a dictionary; none of
    // ours has a letter beyond ASCII, so such a key is unknown anyway.
    for (key, value) in pairs { members[key] = value }
  }

  /// - Throws: if a key was not asked for.
  func finish() throws(GrantFormatError) {
    guard let unknown = members.keys.min() else { return }
    throw GrantFormatError("has the unknown key \"\(Text.printable(unknown))\" in \(owner)")
  }

  mutating func string(_ key: String) throws(GrantFormatError) -> String {
    guard let value = members.removeValue(forKey: key) else {
      throw GrantFormatError("lacks the key \"\(key)\" in \(owner)")
    }
    guard case .string(let text) = value else {
      throw GrantFormatError("has something else than a string as \"\(key)\"")
    }
    return text
  }

  mutating func text(
    _ key: String, multiline: Bool = false, longest: Int = Text.longest
  ) throws(GrantFormatError) -> String {
    let text = try string(key)
    if let objection = Text.objection(to: text, multiline: multiline, longest: longest) {
      throw GrantFormatError("has a \"\(key)\" that \(objection)")
    }
    return text
  }

  mutating func value<Value>(
    _ key: String, _ wanted: String, _ read: (String) -> Value?
  ) throws(GrantFormatError) -> Value {
    let text = try string(key)
    guard let value = read(text) else {
      throw GrantFormatError(
        "has \"\(Text.printable(String(text.prefix(64))))\" as \"\(key)\"; expected \(wanted)")
    }
    return value
  }

  mutating func principal(_ key: String) throws(GrantFormatError) -> Principal {
    try value(key, "a principal") { Principal($0) }
  }

  mutating func moment(_ key: String) throws(GrantFormatError) -> Timestamp {
    try value(key, "a time such as 2026-11-23T18:15:02Z") { Timestamp($0) }
  }

  /// A duration; zero is none.
  mutating func span(_ key: String) throws(GrantFormatError) -> TimeSpan {
    try value(key, "a duration such as PT1H30M") {
      TimeSpan(iso: $0).flatMap { $0.seconds > 0 ? $0 : nil }
    }
  }

  /// `true` or absent; `false` is spelled by leaving the key out.
  mutating func flag(_ key: String) throws(GrantFormatError) -> Bool {
    switch members.removeValue(forKey: key) {
    case nil, .bool(false): return false
    case .bool(true): return true
    default: throw GrantFormatError("has something else than true as \"\(key)\"")
    }
  }

  mutating func optional<Value>(
    _ key: String,
    _ read: (inout JSONMembers, String) throws(GrantFormatError) -> Value
  ) throws(GrantFormatError) -> Value? {
    guard members[key] != nil else { return nil }
    return try read(&self, key)
  }

  mutating func nested<Value>(
    _ key: String, _ read: (inout JSONMembers) throws(GrantFormatError) -> Value
  ) throws(GrantFormatError) -> Value {
    guard let value = members.removeValue(forKey: key) else {
      throw GrantFormatError("lacks the key \"\(key)\" in \(owner)")
    }
    var inner = try JSONMembers(value, of: "\"\(key)\"")
    let result = try read(&inner)
    try inner.finish()
    return result
  }

  mutating func list<Element>(
    _ key: String, required: Bool,
    _ read: (inout JSONMembers) throws(GrantFormatError) -> Element
  ) throws(GrantFormatError) -> [Element] {
    guard let value = members.removeValue(forKey: key) else {
      if required { throw GrantFormatError("lacks the key \"\(key)\" in \(owner)") }
      return []
    }
    guard case .array(let values) = value else {
      throw GrantFormatError("has something else than a list as \"\(key)\"")
    }
    var result: [Element] = []
    for value in values {
      var inner = try JSONMembers(value, of: "an entry of \"\(key)\"")
      result.append(try read(&inner))
      try inner.finish()
    }
    return result
  }

  /// A map of short words to short texts.
  mutating func optionalScope(_ key: String) throws(GrantFormatError) -> [String: String] {
    guard let value = members.removeValue(forKey: key) else { return [:] }
    guard case .object(let pairs) = value else {
      throw GrantFormatError("has something else than an object as \"\(key)\"")
    }
    var scope: [String: String] = [:]
    for (name, value) in pairs {
      guard Names.isWord(name, longest: 64, extra: "._-") else {
        throw GrantFormatError("has the scope key \"\(Text.printable(name))\", which is no word")
      }
      guard case .string(let text) = value else {
        throw GrantFormatError("has something else than a string as scope \"\(name)\"")
      }
      if let objection = Text.objection(to: text, multiline: false, longest: 256) {
        throw GrantFormatError("has a scope \"\(name)\" that \(objection)")
      }
      scope[name] = text
    }
    return scope
  }
}
