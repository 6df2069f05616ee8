import Clibcrypto

/// Hash functions, computed with the processor's own instructions where it has them.
package enum Digest {
  /// SHA-1 (FIPS 180-4), 20 bytes: git's object ids. It detects no collisions.
  package static func sha1(_ bytes: [UInt8]) -> [UInt8] {
    hash(bytes, size: Int(SHA_DIGEST_LENGTH), with: daypass_sha1)
  }

  /// Hands on the SHA-1 of two pieces as if they were one, in memory that lasts as long as the call.
  package static func withSHA1<Result>(
    _ first: [UInt8], _ second: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(SHA_DIGEST_LENGTH)) { digest in
      first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
          daypass_sha1_joined(
            first.baseAddress, first.count, second.baseAddress, second.count, digest.baseAddress)
        }
      }
      return body(UnsafeRawBufferPointer(digest))
    }
  }

  /// SHA-256 (FIPS 180-4), 32 bytes.
  package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    hash(bytes, size: Int(SHA256_DIGEST_LENGTH), with: daypass_sha256)
  }

  /// SHA-256 of a part of some bytes, which is not copied.
  package static func sha256(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
      bytes.withUnsafeBufferPointer {
        daypass_sha256($0.baseAddress, $0.count, buffer.baseAddress)
      }
      count = Int(SHA256_DIGEST_LENGTH)
    }
  }

  /// SHA-512 (FIPS 180-4), 64 bytes.
  package static func sha512(_ bytes: [UInt8]) -> [UInt8] {
    hash(bytes, size: Int(SHA512_DIGEST_LENGTH), with: daypass_sha512)
  }

  /// Two lower-case hexadecimal digits a byte.
  package static func hex(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 0xF)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func hash(
    _ bytes: [UInt8], size: Int,
    with function: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?) -> Void
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      bytes.withUnsafeBufferPointer { function($0.baseAddress, $0.count, buffer.baseAddress) }
      count = size
    }
  }
}
