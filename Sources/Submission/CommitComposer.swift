import Grants
import History

/// Who stands in a commit's author and committer lines.
package struct Author: Sendable, Hashable {
  package let name: String
  package let email: String

  /// Characters that git does not allow in these lines are left out.
  package init(name: String, email: String) {
    let keep: (Unicode.Scalar) -> Bool = {
      $0.value >= 0x20 && $0.value != 0x7f && $0 != "<" && $0 != ">"
    }
    func clean(_ text: String) -> String {
      var kept = String.UnicodeScalarView()
      kept.append(contentsOf: text.unicodeScalars.filter(keep))
      return String(kept)
    }
    self.name = clean(name)
    self.email = clean(email)
  }
}

/// Writes commit objects.
package enum CommitComposer {
  /// The bytes that are signed.
  package static func payload(
    tree: ObjectID, parents: [ObjectID], author: Author, at moment: Timestamp, message: String
  ) -> [UInt8] {
    let person = "\(author.name) <\(author.email)> \(moment.seconds) +0000"
    var text = "tree \(tree)\n"
    for parent in parents { text += "parent \(parent)\n" }
    text += "author \(person)\ncommitter \(person)\n\n\(message)"
    return Array(text.utf8)
  }

  /// The object's bytes: the payload with the signature as its last header.
  package static func signed(_ payload: [UInt8], armor: [UInt8]) -> [UInt8] {
    var header = Array("gpgsig ".utf8)
    let lines = armor.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    for (index, line) in lines.enumerated() {
      if index > 0 { header.append(UInt8(ascii: " ")) }
      header += line
      header.append(UInt8(ascii: "\n"))
    }
    var position = 0
    // The header ends at the first empty line.
    while position + 1 < payload.count,
      !(payload[position] == UInt8(ascii: "\n") && payload[position + 1] == UInt8(ascii: "\n"))
    {
      position += 1
    }
    return payload[...position] + header + payload[(position + 1)...]
  }

  /// Subject and trailers.
  package static func message(_ draft: Draft) -> String {
    var text = draft.subject + "\n"
    if !draft.trailers.isEmpty {
      text += "\n" + draft.trailers.map { "\($0): \($1)\n" }.joined()
    }
    return text
  }
}
