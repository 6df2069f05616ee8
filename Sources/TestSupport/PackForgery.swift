import FoundationEssentials
import History
import Signatures

/// The index of a repository's only pack, changed by whoever writes its object directory: git
/// computes ids itself when it receives a pack, and lets nobody tell it.
package struct PackForgery {
  private let path: String
  private var bytes: [UInt8]

  /// - Parameter directory: of the repository, with `objects` below it.
  package init(gitDirectory directory: String) throws {
    let folder = directory + "/objects/pack/"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".idx") }
    guard names.count == 1, let data = FileManager.default.contents(atPath: folder + names[0])
    else {
      throw ToolFailure(arguments: [folder], words: "not one pack")
    }
    (path, bytes) = (folder + names[0], Array(data))
  }

  /// Lets each of two ids name what the other one is.
  package mutating func exchange(_ one: ObjectID, _ other: ObjectID) throws {
    let count = bytes[(8 + 255 * 4)..<(8 + 256 * 4)].reduce(0) { $0 << 8 | Int($1) }
    let ids = 8 + 256 * 4
    let places = try [one, other].map { id in
      guard
        let number = (0..<count).first(where: {
          Array(bytes[(ids + 20 * $0)..<(ids + 20 * $0 + 20)]) == id.bytes
        })
      else { throw ToolFailure(arguments: [path], words: "lacks \(id)") }
      return ids + 24 * count + 4 * number
    }
    for index in 0..<4 { bytes.swapAt(places[0] + index, places[1] + index) }
    bytes.replaceSubrange((bytes.count - 20)..., with: Digest.sha1(Array(bytes.dropLast(20))))
    try FileManager.default.removeItem(atPath: path)
    try Data(bytes).write(to: URL(filePath: path))
  }
}
