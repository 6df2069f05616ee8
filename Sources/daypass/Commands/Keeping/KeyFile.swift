import ArgumentParser
import Foundation
import Grants
import Signatures

/// `alice@example.com=alice.pub`, as people name somebody with a public key.
struct KeyFile: ExpressibleByArgument {
  let principal: Principal
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="),
      let principal = Principal(argument[..<equals])
    else { return nil }
    self.principal = principal
    path = String(argument[argument.index(after: equals)...])
    if path.isEmpty { return nil }
  }

  /// The keys in the file, one a line, without their comments.
  ///
  /// - Throws: ``Failure`` if there is none, or one that daypass does not take.
  func keys() throws -> [PolicyTemplate.Key] {
    let file = (path as NSString).expandingTildeInPath
    guard let data = FileManager.default.contents(atPath: file) else {
      throw Failure(.usage, "cannot read the key file \(path)")
    }
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    if lines.contains(where: { $0.contains("PRIVATE KEY") }) {
      throw Failure(
        .usage, "\(path) is a private key, which nobody should see",
        hint: "Name the public one: \(principal)=\(path).pub")
    }
    guard !lines.isEmpty else { throw Failure(.usage, "there is no key in \(path)") }
    return try lines.map { line in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 2 else { throw Failure(.usage, "\(path) holds no public key") }
      do throws(SignatureError) {
        _ = try PublicKey(base64: words[1])
      } catch {
        throw Failure(.usage, "the key in \(path) cannot be used: \(error.sentence)")
      }
      return PolicyTemplate.Key(principal: principal, line: "\(words[0]) \(words[1])")
    }
  }
}
