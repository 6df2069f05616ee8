import Clibsodium
import Foundation
import GitStore
import History
import Signatures
import TestSupport

/// The bare Ed25519 checks of a history: what remains if everything else were free.
struct SignatureFloor {
  /// Message, signature and key of one commit, as libsodium takes them.
  private struct Check {
    let message: [UInt8]
    let signature: [UInt8]
    let key: [UInt8]
  }

  private let checks: [Check]
  var count: Int { checks.count }

  /// - Parameter commits: those that are signed are taken.
  init(_ commits: [ObjectID], of repository: GitRepository) throws {
    checks = try commits.compactMap { id in
      try repository.commit(id).signed.map { try Self.check($0) }
    }
  }

  /// Seconds of processor time that checking all of them takes.
  func measure() throws -> Double {
    let start = threadSeconds()
    for check in checks {
      let status = crypto_sign_verify_detached(
        check.signature, check.message, UInt64(check.message.count), check.key)
      guard status == 0 else {
        throw ToolFailure(arguments: ["floor"], words: "a signature does not hold")
      }
    }
    return threadSeconds() - start
  }

  /// Takes an SSHSIG (OpenSSH PROTOCOL.sshsig) apart; that it is in order is for daypass to say.
  private static func check(_ signed: CommitRecord.Signed) throws -> Check {
    let armor = String(decoding: signed.armor, as: UTF8.self)
    let lines = armor.split(separator: "\n").filter { !$0.hasPrefix("-----") }
    var rest = Array(Data(base64Encoded: lines.joined()) ?? Data()).dropFirst(10)
    func string(from bytes: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
      let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      guard bytes.count >= 4 + length else {
        throw ToolFailure(arguments: ["floor"], words: "a signature is cut short")
      }
      defer { bytes = bytes.dropFirst(4 + length) }
      return bytes.dropFirst(4).prefix(length)
    }
    let key = try string(from: &rest)
    let namespace = try string(from: &rest)
    _ = try string(from: &rest)
    let hash = try string(from: &rest)
    let signature = try string(from: &rest)
    var message = Wire(bytes: Array("SSHSIG".utf8))
    message.string(Array(namespace))
    message.string([])
    message.string(Array(hash))
    message.string(Digest.sha512(signed.payload))
    return Check(
      message: message.bytes, signature: Array(signature.suffix(64)), key: Array(key.suffix(32)))
  }
}
