import Glibc

/// A directory that only this user can look into, gone with its owner.
struct PrivateDirectory: ~Copyable {
  let path: String

  /// Makes it below `TMPDIR`, or `/tmp`.
  ///
  /// - Throws: ``IOError``.
  init(environment: [String: String]) throws(IOError) {
    let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array((parent + "/daypass-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw IOError("make a directory in \(parent)") }
    path = template.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(path + "/" + name) }
    }
    closedir(directory)
    rmdir(path)
  }

  /// Writes a file that only this user can read and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws(IOError) -> String {
    let file = path + "/" + name
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw IOError("write \(file)") }
    defer { close(descriptor) }
    try MemoryFile.write(bytes, to: descriptor, named: file)
    return file
  }
}
