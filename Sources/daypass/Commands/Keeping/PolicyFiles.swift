import Foundation
import GitStore
import Grants
import History
import Ledger

/// The files of a policy that somebody wants, and where they were read from.
struct PolicyFiles {
  var files: [String: [UInt8]]
  /// `policies/` of the working tree they were read from; nil where they lie elsewhere.
  let folder: String?

  /// - Parameter directory: what `--from` says; nil takes the working tree.
  static func read(from directory: String?, in repository: GitRepository) throws -> PolicyFiles {
    if let directory {
      return PolicyFiles(files: try GovernedFolder.policyFiles(in: directory), folder: nil)
    }
    guard let place = repository.workTree else {
      throw Failure(
        .usage, "a bare repository has no working tree to take policies/ from",
        hint: "Say where the files are: --from DIR")
    }
    return PolicyFiles(
      files: try GovernedFolder(path: place).policyFiles(), folder: place + "/policies")
  }

  /// - Throws: ``Failure`` with everything that is wrong.
  func parsed(_ tree: ObjectID) throws -> PolicySnapshot {
    switch PolicySnapshot.parse(tree, files: files) {
    case .success(let snapshot): return snapshot
    case .failure(let fault):
      throw Failure(
        .failed, "policies/ is not valid; nothing was changed",
        hint: fault.problems.joined(separator: "\n"))
    }
  }

  /// The same files with that serial: the one line is changed, comments and all else stay.
  func numbered(_ serial: Int) throws -> PolicyFiles {
    let text = String(decoding: files["daypass.yaml"] ?? [], as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let places = lines.indices.filter { lines[$0].hasPrefix("serial:") }
    guard places.count == 1, let place = places.first else {
      throw Failure(
        .failed, "policies/daypass.yaml has no line that says serial: NUMBER",
        hint: "Write it yourself: serial: \(serial)")
    }
    let rest = lines[place].dropFirst("serial:".count).drop { $0 == " " }.drop(while: \.isNumber)
    lines[place] = "serial: \(serial)\(rest)"
    var result = self
    result.files["daypass.yaml"] = Array(lines.joined(separator: "\n").utf8)
    return result
  }

  /// Writes `daypass.yaml` back to where it was read.
  func writeSerial() throws {
    guard let folder, let bytes = files["daypass.yaml"] else { return }
    let path = folder + "/daypass.yaml"
    guard FileManager.default.contents(atPath: path).map({ Array($0) }) != bytes else { return }
    try AtomicFile.write(bytes, to: path)
  }
}
