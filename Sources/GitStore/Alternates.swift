import Glibc
import History

/// The object directories a repository borrows from.
enum Alternates {
  /// Git's own limit on how far alternates are followed.
  private static let deepest = 5

  /// The directory itself, the given ones, and what their `info/alternates` files name.
  static func directories(of directory: String, and others: [String]) -> [String] {
    var result: [String] = []
    var pending = ([directory] + others).map { ($0, 0) }
    while !pending.isEmpty {
      let (next, depth) = pending.removeFirst()
      guard !result.contains(next) else { continue }
      result.append(next)
      guard depth < deepest,
        let file = try? FileBytes.readIfPresent(next + "/info/alternates", limit: 1 << 20)
      else { continue }
      for line in file.bytes.split(separator: UInt8(ascii: "\n")) {
        let path = String(decoding: line, as: UTF8.self)
        if path.hasPrefix("#") { continue }
        pending.append((path.hasPrefix("/") ? path : next + "/" + path, depth + 1))
      }
    }
    return result
  }

  /// Splits `GIT_ALTERNATE_OBJECT_DIRECTORIES`: colons between paths, a path that begins with `"`
  /// quoted as C does.
  static func split(variable: String) -> [String] {
    var result: [String] = []
    var rest = Array(variable.utf8)[...]
    while let first = rest.first {
      var path: [UInt8] = []
      if first == UInt8(ascii: "\""), let (unquoted, after) = unquote(rest) {
        path = unquoted
        rest = after
      } else {
        path = Array(rest.prefix { $0 != UInt8(ascii: ":") })
        rest = rest.dropFirst(path.count)
      }
      if !path.isEmpty { result.append(String(decoding: path, as: UTF8.self)) }
      rest = rest.dropFirst()
    }
    return result
  }

  private static func unquote(
    _ text: ArraySlice<UInt8>
  ) -> (path: [UInt8], rest: ArraySlice<UInt8>)? {
    let escapes: [UInt8: UInt8] = [
      UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
      UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
      UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]
    var path: [UInt8] = []
    var rest = text.dropFirst()
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") { return (path, rest) }
      guard byte == UInt8(ascii: "\\") else {
        path.append(byte)
        continue
      }
      guard let escape = rest.first else { return nil }
      if let plain = escapes[escape] {
        path.append(plain)
        rest = rest.dropFirst()
      } else {
        let digits = rest.prefix(3)
        guard digits.count == 3,
          let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
        else { return nil }
        path.append(value)
        rest = rest.dropFirst(3)
      }
    }
    return nil
  }
}
