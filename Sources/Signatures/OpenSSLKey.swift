import Clibcrypto

/// A public key of ECDSA or RSA in OpenSSL's hands; freed with the value.
///
/// Each value is used by one thread. OpenSSL's error queue, one a thread, is left as it was found.
struct OpenSSLKey: ~Copyable {
  enum Hash {
    case sha256, sha384, sha512

    fileprivate var name: StaticString {
      switch self {
      case .sha256: "SHA2-256"
      case .sha384: "SHA2-384"
      case .sha512: "SHA2-512"
      }
    }
  }

  private let handle: OpaquePointer

  deinit { EVP_PKEY_free(handle) }

  /// - Parameter point: uncompressed, of the curve's size (SEC 1 section 2.3.3).
  /// - Throws: invalidKey when the point is not on the curve (with these curves, whose cofactor is
  ///   1, a point on the curve and not at infinity is a valid key); libraryFailure.
  init(curve: Curve, point: [UInt8]) throws(SignatureError) {
    ERR_set_mark()
    defer { ERR_pop_to_mark() }
    let context = try KeyContext(algorithm: "EC")
    let group = curve.openSSLName
    let made = point.withUnsafeBytes { point in
      context.makeKey([
        OSSL_PARAM(
          key: cString("group"), data_type: UInt32(OSSL_PARAM_UTF8_STRING),
          data: UnsafeMutableRawPointer(mutating: group.utf8Start),
          data_size: group.utf8CodeUnitCount, return_size: 0),
        OSSL_PARAM(
          key: cString("pub"), data_type: UInt32(OSSL_PARAM_OCTET_STRING),
          data: UnsafeMutableRawPointer(mutating: point.baseAddress), data_size: point.count,
          return_size: 0),
      ])
    }
    guard let made else {
      throw SignatureError(.invalidKey, "The key's point is not on the curve \(curve.rawValue).")
    }
    handle = made
  }

  /// - Throws: libraryFailure.
  init(modulus: PositiveNumber, exponent: PositiveNumber) throws(SignatureError) {
    ERR_set_mark()
    defer { ERR_pop_to_mark() }
    let context = try KeyContext(algorithm: "RSA")
    let made = nativeOrder(modulus).withUnsafeBytes { modulus in
      nativeOrder(exponent).withUnsafeBytes { exponent in
        context.makeKey([unsigned("n", modulus), unsigned("e", exponent)])
      }
    }
    guard let made else {
      throw SignatureError(.libraryFailure, "OpenSSL could not take the RSA key.")
    }
    handle = made
  }

  /// Whether the signature is this key's over the message: ECDSA in DER, RSA as PKCS #1 v1.5
  /// (OpenSSL's default padding, whose check compares every byte).
  ///
  /// - Throws: libraryFailure.
  borrowing func verifies(
    _ signature: some Collection<UInt8>, message: [UInt8], hash: Hash
  ) throws(SignatureError) -> Bool {
    ERR_set_mark()
    defer { ERR_pop_to_mark() }
    let context = try DigestContext()
    return try context.verify(Array(signature), message: message, hash: hash.name, key: handle)
  }
}

extension Curve {
  fileprivate var openSSLName: StaticString {
    switch self {
    case .p256: "prime256v1"
    case .p384: "secp384r1"
    case .p521: "secp521r1"
    }
  }
}

/// A library context of our own, without configuration: neither the machine's openssl.cnf nor
/// `OPENSSL_CONF` can change a verdict. Lives as long as the process.
private enum Library {
  nonisolated(unsafe) static let context: OpaquePointer? = {
    // Otherwise OpenSSL's first call reads the file for its default context, used or not.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    return OSSL_LIB_CTX_new()
  }()
}

/// An `EVP_PKEY_CTX` that makes keys; freed with the value.
private struct KeyContext: ~Copyable {
  private let handle: OpaquePointer

  init(algorithm: StaticString) throws(SignatureError) {
    guard let library = Library.context,
      let handle = EVP_PKEY_CTX_new_from_name(library, cString(algorithm), nil)
    else { throw SignatureError(.libraryFailure, "OpenSSL offers no \(algorithm).") }
    self.handle = handle
  }

  deinit { EVP_PKEY_CTX_free(handle) }

  /// - Returns: a key for the caller to free, or nil when OpenSSL refuses the values.
  borrowing func makeKey(_ values: [OSSL_PARAM]) -> OpaquePointer? {
    guard EVP_PKEY_fromdata_init(handle) == 1 else { return nil }
    // A parameter without a key ends the list.
    var list = values + [OSSL_PARAM()]
    var key: OpaquePointer?
    guard EVP_PKEY_fromdata(handle, &key, daypass_evp_pkey_public_key(), &list) == 1 else {
      EVP_PKEY_free(key)
      return nil
    }
    return key
  }
}

/// An `EVP_MD_CTX`; freed with the value.
private struct DigestContext: ~Copyable {
  private let handle: OpaquePointer

  init() throws(SignatureError) {
    guard let handle = EVP_MD_CTX_new() else {
      throw SignatureError(.libraryFailure, "OpenSSL has no memory.")
    }
    self.handle = handle
  }

  deinit { EVP_MD_CTX_free(handle) }

  borrowing func verify(
    _ signature: [UInt8], message: [UInt8], hash: StaticString, key: OpaquePointer
  ) throws(SignatureError) -> Bool {
    guard
      EVP_DigestVerifyInit_ex(handle, nil, cString(hash), Library.context, nil, key, nil) == 1
    else { throw SignatureError(.libraryFailure, "OpenSSL offers no \(hash) signatures.") }
    return EVP_DigestVerify(handle, signature, signature.count, message, message.count) == 1
  }
}

private func cString(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// `OSSL_PARAM` takes numbers in the machine's own byte order.
private func nativeOrder(_ number: PositiveNumber) -> [UInt8] {
  #if _endian(little)
    number.magnitude.reversed()
  #else
    Array(number.magnitude)
  #endif
}

private func unsigned(_ name: StaticString, _ value: UnsafeRawBufferPointer) -> OSSL_PARAM {
  OSSL_PARAM(
    key: cString(name), data_type: UInt32(OSSL_PARAM_UNSIGNED_INTEGER),
    data: UnsafeMutableRawPointer(mutating: value.baseAddress), data_size: value.count,
    return_size: 0)
}
