import Clibsodium
import Synchronization

/// Ed25519 (RFC 8032) through libsodium.
///
/// OpenSSL and `ssh-keygen` accept keys of small order, which verify signatures that anybody can
/// make; libsodium does not.
enum Ed25519 {
  static let keySize = 32
  static let signatureSize = 64

  /// Checks that a key is the canonical encoding of a point of the prime-order group.
  ///
  /// - Parameter key: 32 bytes.
  /// - Throws: smallOrderKey, invalidKey; libraryFailure.
  static func requireValid(key: [UInt8]) throws(SignatureError) {
    try start()
    let words = key.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    if knownValid.withLock({ $0.contains(words) }) { return }
    guard crypto_core_ed25519_is_valid_point(key) == 1 else {
      if isOfSmallOrder(key) {
        throw SignatureError(
          .smallOrderKey, "The Ed25519 key has a small order: anybody can sign for it.")
      }
      throw SignatureError(.invalidKey, "The Ed25519 key is not a point of the group.")
    }
    knownValid.withLock { known in
      if known.count >= knownLimit { known.removeAll(keepingCapacity: true) }
      known.insert(words)
    }
  }

  /// Checks a signature.
  ///
  /// - Parameters:
  ///   - signature: R and S, 64 bytes.
  ///   - key: 32 bytes that ``requireValid(key:)`` has passed.
  /// - Throws: nonCanonicalSignature, badSignature; libraryFailure.
  static func verify(
    signature: ArraySlice<UInt8>, message: [UInt8], key: [UInt8]
  ) throws(SignatureError) {
    try start()
    guard signature.count == signatureSize else {
      throw SignatureError(
        .nonCanonicalSignature,
        "The Ed25519 signature has \(signature.count) bytes, not \(signatureSize).")
    }
    guard isBelowGroupOrder(signature.suffix(32)) else {
      throw SignatureError(
        .nonCanonicalSignature, "The Ed25519 signature's S is not below the group order.")
    }
    guard
      crypto_sign_verify_detached(Array(signature), message, UInt64(message.count), key) == 0
    else { throw SignatureError.bad }
  }

  /// Remembers keys found valid. A repository has few signers and very many signatures, and the
  /// check costs nearly as much as a verification (64 and 78 us). It forgets everything when full,
  /// so that a flood of keys costs time but no memory.
  private static let knownValid = Mutex<Set<SIMD4<UInt64>>>([])
  private static let knownLimit = 4096

  /// libsodium picks its implementations once; a second call does nothing, from any thread.
  private static let isStarted = sodium_init() >= 0

  private static func start() throws(SignatureError) {
    guard isStarted else {
      throw SignatureError(.libraryFailure, "libsodium could not be started.")
    }
  }

  /// Whether eight times the point is the neutral element.
  private static func isOfSmallOrder(_ key: [UInt8]) -> Bool {
    var point = key
    for _ in 0..<3 {
      var double = [UInt8](repeating: 0, count: keySize)
      guard crypto_core_ed25519_add(&double, point, point) == 0 else { return false }
      point = double
    }
    return point[0] == 1 && point.dropFirst().allSatisfy { $0 == 0 }
  }

  /// L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 section 5.1), big-endian.
  private static let groupOrder: [UInt8] = [
    0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0x14, 0xDE, 0xF9, 0xDE, 0xA2, 0xF7, 0x9C, 0xD6, 0x58, 0x12, 0x63, 0x1A, 0x5C, 0xF5, 0xD3, 0xED,
  ]

  /// - Parameter scalar: 32 bytes, little-endian.
  private static func isBelowGroupOrder(_ scalar: ArraySlice<UInt8>) -> Bool {
    scalar.reversed().lexicographicallyPrecedes(groupOrder)
  }
}

extension SignatureError {
  static let bad = SignatureError(
    .badSignature, "The signature was not made by this key over these bytes.")
}
