import FoundationEssentials
import GitStore
import History
import Signatures
import TestSupport
import Testing

/// SHA-1 is broken: two texts of one hash are known (SHAttered, 2017, shattered.io). What notices,
/// and what does not.
///
/// They cannot be made into objects of git: what stands before the content changes the state their
/// blocks were computed for, and computing others costs years of a thousand machines. So raw hashing
/// is what is looked at.
@Suite("SHA-1 collisions") struct CollisionTests {
  private static let prefix = """
    255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474\
    682032203020522f4865696768742033203020522f547970652034203020522f\
    537562747970652035203020522f46696c7465722036203020522f436f6c6f72\
    53706163652037203020522f4c656e6774682038203020522f42697473506572\
    436f6d706f6e656e7420383e3e0a73747265616d0affd8fffe00245348412d31\
    20697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01
    """
  private static let collisions = [
    """
    7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df6\
    14f86db1690901c56b45c1530afedfb76038e972722fe7ad728f0e4904e046c2\
    30570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514\
    e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1
    """,
    """
    7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de2\
    18f86db3a90901d5df45c14f26fedfb3dc38e96ac22fe7bd728f0e45bce046d2\
    3c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500\
    eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1
    """,
  ]
  private static let texts = collisions.map { bytes(prefix + $0) }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
  }

  @Test func ourOwnDigestDoesNotNotice() {
    let (one, other) = (Self.texts[0], Self.texts[1])
    #expect(one.count == 320 && other.count == 320)
    #expect(one != other)
    #expect(Digest.sha1(one) == Digest.sha1(other))
    #expect(Digest.hex(Digest.sha1(one)) == "f92d74e3874587aaf443d1db961d4e26dde13e9c")
  }

  /// `git rerere` is the one command that hashes what it is given with nothing before it. The same
  /// code hashes what git fetches, receives and writes.
  @Test func gitRefuses() async throws {
    for (text, isSafe) in [(Array("safe".utf8), true)] + Self.texts.map({ ($0, false) }) {
      let repository = try await TemporaryRepository()
      try await repository.git("config", "rerere.enabled", "true")
      let id = try repository.open().write(.blob, Array("x\n".utf8))
      try await repository.git(
        "update-index", "--index-info",
        stdin: (1...3).map { "100644 \(id) \($0)\tfile\n" }.joined())
      let sides =
        Array("<<<<<<< a\n".utf8) + text + Array("\n=======\n\u{7f}\n>>>>>>> b\n".utf8)
      try Data(sides).write(to: URL(filePath: repository.path + "/file"))
      let result = try await repository.sandbox.run(["git", "rerere"], in: repository.name)
      #expect(result.succeeded == isSafe, "\(result.errorText)")
      #expect(result.errorText.contains("part of a collision attack") == !isSafe)
    }
  }

  /// libgit2 hashes each object that is read and lets nobody hash anything else, so its archive is
  /// linked into a program that reaches inside; the library is made of the same objects.
  @Test func libgit2Refuses() async throws {
    let sandbox = try Sandbox()
    try sandbox.write(
      "raw.c",
      """
      #include <git2.h>
      #include <stdio.h>
      int git_hash_buf(unsigned char *out, const void *data, size_t size, int algorithm);
      int main(void) {
        unsigned char data[4096], hash[20];
        size_t size = fread(data, 1, sizeof data, stdin);
        git_libgit2_init();
        if (git_hash_buf(hash, data, size, 1) < 0) {
          puts(git_error_last()->message);
          return 1;
        }
        for (int i = 0; i < 20; i++) printf("%02x", hash[i]);
        return 0;
      }
      """)
    func settings(_ words: String...) async throws -> [String] {
      let result = try await sandbox.run(["pkg-config"] + words + ["libgit2"])
      return result.text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    let folder = try #require(try await settings("--variable=libdir").first)
    let compiled = try await sandbox.run(
      ["clang", "raw.c", "-o", "raw", folder + "/libgit2.a", "-Wl,--unresolved-symbols=ignore-all"]
        + settings("--cflags") + settings("--static", "--libs").filter { $0 != "-lgit2" })
    try #require(compiled.succeeded, "\(compiled.errorText)")
    let safe = try await sandbox.run(["./raw"], stdin: "abc")
    #expect(safe.text == "a9993e364706816aba3e25717850c26c9cd0d89d")
    for text in Self.texts {
      try Data(text).write(to: URL(filePath: sandbox.path("text")))
      let result = try await sandbox.run(["sh", "-c", "./raw < text"])
      #expect(result.text == "SHA1 collision attack detected")
      #expect(result.status == 1)
    }
    let library = try #require(FileManager.default.contents(atPath: folder + "/libgit2.so"))
    #expect(library.firstRange(of: Data("SHA1 collision attack detected".utf8)) != nil)
  }

  /// As objects they are two, and one in place of the other is what any wrong object is.
  @Test func asObjectsTheyAreTwo() async throws {
    let repository = try await TemporaryRepository()
    let store = try repository.open()
    let ids = try Self.texts.map { try store.write(.blob, $0) }
    #expect(ids[0] != ids[1])
    for (id, text) in zip(ids, Self.texts) {
      #expect(id.bytes == Digest.sha1(Array("blob 320\0".utf8) + text))
      #expect(try store.read(id, limit: 400).bytes == text)
    }
    let files = ids.map {
      "\(repository.path)/.git/objects/\($0.hex.prefix(2))/\($0.hex.dropFirst(2))"
    }
    let other = try #require(FileManager.default.contents(atPath: files[1]))
    try FileManager.default.removeItem(atPath: files[0])
    try other.write(to: URL(filePath: files[0]))
    #expect(code { try store.read(ids[0], limit: 400) } == .corrupt)
    #expect(code { try store.read(ids[0], limit: 100) } == .corrupt)
  }
}
