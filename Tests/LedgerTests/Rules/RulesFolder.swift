#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif
import TestSupport

/// The sources of these tests.
enum RulesFolder {
  /// All Swift files of a folder, one after the other.
  static func text(of folder: String) throws -> String {
    guard let directory = opendir(folder) else {
      throw ToolFailure(arguments: ["opendir", folder], words: "cannot be read")
    }
    defer { closedir(directory) }
    var text = ""
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".swift") { text += try read("\(folder)/\(name)") }
    }
    return text
  }

  private static func read(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else {
      throw ToolFailure(arguments: ["fopen", path], words: "cannot be read")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
