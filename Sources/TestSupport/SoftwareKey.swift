import Clibcrypto
import Clibsodium
import Foundation

/// A key held in memory that signs any bytes, so that tests can forge each field of a signature
/// and still sign it properly.
package final class SoftwareKey: @unchecked Sendable {
  package enum Kind {
    case ed25519
    case ecdsa(group: String)
    case rsa(bits: Int)
  }

  package let kind: Kind
  /// Ed25519's 32 bytes or ECDSA's point; empty for RSA.
  package private(set) var point: [UInt8] = []
  /// RSA's numbers, big-endian.
  package private(set) var modulus: [UInt8] = []
  package private(set) var exponent: [UInt8] = []
  private var secret = [UInt8](repeating: 0, count: 64)
  private var handle: OpaquePointer?

  package init(_ kind: Kind) {
    self.kind = kind
    switch kind {
    case .ed25519:
      precondition(sodium_init() >= 0)
      point = [UInt8](repeating: 0, count: 32)
      crypto_sign_keypair(&point, &secret)
    case .ecdsa(let group):
      let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
      precondition(EVP_PKEY_keygen_init(context) == 1)
      precondition(EVP_PKEY_CTX_set_group_name(context, group) == 1)
      precondition(EVP_PKEY_generate(context, &handle) == 1)
      EVP_PKEY_CTX_free(context)
      point = [UInt8](repeating: 0, count: 200)
      var count = 0
      precondition(
        EVP_PKEY_get_octet_string_param(handle, "pub", &point, point.count, &count) == 1)
      point.removeLast(point.count - count)
    case .rsa(let bits):
      let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
      precondition(EVP_PKEY_keygen_init(context) == 1)
      var size = bits
      "bits".withCString { name in
        var list = [OSSL_PARAM_construct_size_t(name, &size), OSSL_PARAM_construct_end()]
        precondition(EVP_PKEY_CTX_set_params(context, &list) == 1)
      }
      precondition(EVP_PKEY_generate(context, &handle) == 1)
      EVP_PKEY_CTX_free(context)
      modulus = number("n")
      exponent = number("e")
    }
  }

  deinit { EVP_PKEY_free(handle) }

  private func number(_ name: String) -> [UInt8] {
    var value: OpaquePointer?
    precondition(EVP_PKEY_get_bn_param(handle, name, &value) == 1)
    defer { BN_free(value) }
    var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(value) + 7) / 8)
    BN_bn2bin(value, &bytes)
    return bytes
  }

  /// The signature as SSH writes its value; the hash counts for ECDSA and RSA alone.
  package func sign(_ message: [UInt8], hash: String) -> [UInt8] {
    if case .ed25519 = kind {
      var signature = [UInt8](repeating: 0, count: 64)
      crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
      return signature
    }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    precondition(EVP_DigestSignInit_ex(context, nil, hash, nil, nil, handle, nil) == 1)
    var count = 4096
    var signature = [UInt8](repeating: 0, count: count)
    precondition(EVP_DigestSign(context, &signature, &count, message, message.count) == 1)
    signature.removeLast(signature.count - count)
    guard case .ecdsa = kind else { return signature }
    // SEQUENCE { INTEGER, INTEGER }, lengths below 128 but for P-521's outer one.
    var rest = signature[(signature[1] == 0x81 ? 3 : 2)...]
    var wire = Wire()
    for _ in 0..<2 {
      let length = Int(rest[rest.startIndex + 1])
      rest = rest.dropFirst(2)
      wire.string(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return wire.bytes
  }
}

/// SSH wire data, written by the tests' own hand.
package struct Wire {
  package var bytes: [UInt8]

  package init(bytes: [UInt8] = []) { self.bytes = bytes }

  package mutating func uint32(_ value: UInt32) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func string(_ value: [UInt8]) {
    uint32(UInt32(value.count))
    bytes += value
  }

  package mutating func string(_ value: String) { string(Array(value.utf8)) }

  /// A number above zero from its big-endian magnitude.
  package mutating func number(_ magnitude: [UInt8]) {
    string((magnitude.first ?? 0) >= 0x80 ? [0] + magnitude : magnitude)
  }
}

package func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

/// Bytes from hexadecimal digits.
package func hex(_ text: String) -> [UInt8] {
  var digits = text[...]
  var bytes: [UInt8] = []
  while !digits.isEmpty {
    guard let byte = UInt8(digits.prefix(2), radix: 16) else { preconditionFailure(text) }
    bytes.append(byte)
    digits = digits.dropFirst(2)
  }
  return bytes
}
