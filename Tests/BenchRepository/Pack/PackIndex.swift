import Clibcrypto
import Foundation
import History
import Signatures
import TestSupport

/// The index of a pack, version 2: where each object begins, by id.
struct PackIndex {
  private var ids: [ObjectID] = []
  private var offsets: [UInt64] = []
  private var crcs: [UInt32] = []

  var count: Int { ids.count }

  func offset(of number: Int) -> UInt64 { offsets[number] }

  mutating func append(_ id: ObjectID, at offset: UInt64, crc: UInt32) {
    ids.append(id)
    offsets.append(offset)
    crcs.append(crc)
  }

  /// - Parameter checksum: of the pack.
  func bytes(pack checksum: [UInt8]) -> [UInt8] {
    let order = sorted()
    var out: [UInt8] = [0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]
    out.reserveCapacity(count * 28 + 2_048)
    var fanout = [UInt32](repeating: 0, count: 256)
    for number in order { fanout[Int(Self.prefix(ids[number]) >> 8)] += 1 }
    var sum: UInt32 = 0
    for count in fanout {
      sum += count
      out += PackFile.bigEndian(sum)
    }
    for number in order { out += ids[number].bytes }
    for number in order { Self.append(crcs[number], to: &out) }
    var large: [UInt64] = []
    for number in order {
      if offsets[number] < 1 << 31 {
        Self.append(UInt32(offsets[number]), to: &out)
      } else {
        Self.append(1 << 31 | UInt32(large.count), to: &out)
        large.append(offsets[number])
      }
    }
    for offset in large {
      Self.append(UInt32(offset >> 32), to: &out)
      Self.append(UInt32(truncatingIfNeeded: offset), to: &out)
    }
    out += checksum
    return out + Digest.sha1(out)
  }

  /// The numbers in the order of their ids: dealt out by two bytes, then sorted.
  private func sorted() -> [Int] {
    var starts = [Int](repeating: 0, count: 65_537)
    for id in ids { starts[Self.prefix(id) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var order = [Int](repeating: 0, count: count)
    var next = starts
    for (number, id) in ids.enumerated() {
      order[next[Self.prefix(id)]] = number
      next[Self.prefix(id)] += 1
    }
    for bucket in 0..<65_536 where starts[bucket + 1] - starts[bucket] > 1 {
      order[starts[bucket]..<starts[bucket + 1]].sort { ids[$0] < ids[$1] }
    }
    return order
  }

  private static func prefix(_ id: ObjectID) -> Int {
    withUnsafeTemporaryAllocation(byteCount: 24, alignment: 8) { memory in
      id.copy(to: memory)
      return Int(memory[0]) << 8 | Int(memory[1])
    }
  }

  private static func append(_ value: UInt32, to out: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { out.append(contentsOf: $0) }
  }
}

/// SHA-1 over what comes piece by piece.
struct RunningHash: ~Copyable {
  private let context: OpaquePointer

  init() throws {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha1(), nil) == 1 else {
      throw ToolFailure(arguments: ["sha1"], words: "OpenSSL does not start")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: Data) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  mutating func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 20)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }
}
