import Foundation
import FuzzProperties
import Grants
import History
import Policies
import Signatures

/// The inputs that lie in `Tests/Fuzz/corpus`.
enum Corpus {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/corpus")

  /// By name.
  static func files(of target: FuzzTarget) throws -> [(name: String, input: [UInt8])] {
    let folder = folder.appending(path: target.rawValue)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder.path(percentEncoded: false))
    return try names.sorted().map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
  }

  /// Whether the input is one of those whose meaning the properties look at.
  static func isAccepted(_ input: [UInt8], by target: FuzzTarget) -> Bool {
    switch target {
    case .commit: CommitRecord(id: .zero, parsing: input)?.signed != nil
    case .tree: TreeRecord(parsing: input) != nil
    case .grant: (try? Grant(lenient: input)) != nil
    case .policy: (try? Policy(files: PolicyProperties.split(input))) != nil
    case .pattern:
      (try? Pattern(String(decoding: input.prefix { $0 != 0x0a }, as: UTF8.self))) != nil
    case .allowedSigners: (try? AllowedSigners(parsing: input)) != nil
    case .signature:
      verifies(SignatureProperties.split(input).armor, SignatureProperties.split(input).payload)
    case .signatureBlob:
      verifies(SignatureProperties.armored(input), SignatureProperties.blobPayload)
    }
  }

  private static func verifies(_ armor: [UInt8], _ payload: [UInt8]) -> Bool {
    (try? SSHSignature.verify(armor: armor, payload: payload, namespace: "git")) != nil
  }
}
