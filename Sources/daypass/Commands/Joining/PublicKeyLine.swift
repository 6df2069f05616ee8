import Foundation
import GitStore
import Grants
import Ledger
import Policies
import Signatures

/// A public key as people hand it over: `ssh-ed25519 AAAA... comment`.
struct PublicKeyLine {
  let key: PublicKey
  /// Type and base64, without the comment.
  let line: String
  /// Where it was read, for messages: `keys.txt:3`.
  let place: String

  /// - Throws: ``Failure`` that says what is wrong with it.
  init(_ text: String, at place: String) throws {
    let words = text.split { $0 == " " || $0 == "\t" }
    guard !text.contains("PRIVATE KEY") else {
      throw Failure(
        .usage, "\(place) is a private key, which nobody should see",
        hint: "Hand over the public one, which ends in .pub.")
    }
    guard words.count >= 2, Self.isType(words[0]) else {
      throw Failure(
        .usage, "\(place) is no public key line",
        hint: "It looks like this: ssh-ed25519 AAAAC3Nz... comment")
    }
    do throws(SignatureError) {
      key = try PublicKey(base64: words[1])
    } catch {
      throw Failure(.usage, "\(place) cannot be used: \(Words.clause(error.sentence))")
    }
    guard key.type.rawValue == words[0] else {
      throw Failure(.usage, "\(place) says \(words[0]), but its key is \(key.type.rawValue)")
    }
    line = "\(words[0]) \(words[1])"
    self.place = place
  }

  /// The types, and what the key itself is refused for in its own words.
  private static func isType(_ word: Substring) -> Bool {
    ["ssh-", "ecdsa-", "sk-", "rsa-", "webauthn-"].contains { word.hasPrefix($0) }
  }

  /// What somebody typed as a key: a line, a file that holds one, or `-` for standard input.
  ///
  /// - Throws: ``Failure`` if it is not exactly one.
  static func one(_ words: [String]) throws -> PublicKeyLine {
    if words.count > 1 || words.first?.contains(" ") == true {
      return try PublicKeyLine(words.joined(separator: " "), at: "the key")
    }
    let keys = try all(in: words.first ?? "-")
    guard let first = keys.first, keys.count == 1 else {
      throw Failure(
        .usage, "there are \(keys.count) keys where one was expected",
        hint: "All of a person's keys at once: daypass people import FILE --name PRINCIPAL")
    }
    return first
  }

  /// The keys of a file, one a line; `-` is standard input. Blank lines and comments count for
  /// nothing.
  ///
  /// - Throws: ``Failure`` that names every line that is no key, or cannot be used.
  static func all(in file: String) throws -> [PublicKeyLine] {
    let text = try Self.text(of: file)
    let name = file == "-" ? "standard input" : Words.safe(file)
    if text.contains("PRIVATE KEY") { _ = try PublicKeyLine("PRIVATE KEY", at: name) }
    var keys: [PublicKeyLine] = []
    var faults: [Failure] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      do {
        let key = try PublicKeyLine(line, at: "\(name):\(index + 1)")
        if !keys.contains(where: { $0.key.material == key.key.material }) { keys.append(key) }
      } catch let failure as Failure {
        faults.append(failure)
      }
    }
    if let first = faults.first {
      guard faults.count > 1 else { throw first }
      throw Failure(
        .usage, "\(faults.count) lines of \(name) cannot be used",
        hint: faults.map(\.sentence).joined(separator: "\n"))
    }
    guard !keys.isEmpty else { throw Failure(.usage, "there is no key in \(name)") }
    return keys
  }

  /// - Throws: ``Failure``.
  static func text(of file: String) throws -> String {
    if file == "-" {
      return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    }
    let path = (file as NSString).expandingTildeInPath
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "cannot read the file \(Words.safe(file))")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
