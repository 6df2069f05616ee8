import Foundation
import GitStore
import Glibc
import Grants
import History

/// The files of a working tree, read without asking whether anybody signed for them.
struct GovernedFolder {
  let path: String

  /// The top of the working tree around the directory, or the directory itself where there is none.
  static func around(_ directory: String) throws -> GovernedFolder {
    if let repository = try? GitRepository.open(at: directory) {
      guard let place = repository.workTree else {
        throw Failure(
          .usage, "\(directory) is a bare repository: it has no files to look at",
          hint: "Name a directory that has: -C DIR")
      }
      return GovernedFolder(path: place)
    }
    return GovernedFolder(path: directory)
  }

  enum Entry {
    case file([UInt8])
    /// Something no grant or policy may be, and why.
    case unfit(String)
  }

  /// Everything below that folder, by path from the top, `.git` left out.
  func entries(below folder: String) throws -> [String: Entry] {
    var result: [String: Entry] = [:]
    var open = [folder]
    while let directory = open.popLast() {
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)")
      } catch {
        throw Failure(.failed, "cannot read the directory \(directory) in \(path)")
      }
      for name in names where name != ".git" {
        let place = "\(directory)/\(name)"
        var status = stat()
        guard lstat("\(path)/\(place)", &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: open.append(place)
        case S_IFREG: result[place] = read(place, status)
        case S_IFLNK: result[place] = .unfit("is a symbolic link")
        default: result[place] = .unfit("is no plain file")
        }
      }
    }
    return result
  }

  private func read(_ place: String, _ status: stat) -> Entry {
    if status.st_mode & S_IXUSR != 0 { return .unfit("is executable; chmod -x it") }
    guard status.st_size <= 1 << 20 else { return .unfit("is larger than a MiB") }
    guard let data = FileManager.default.contents(atPath: "\(path)/\(place)") else {
      return .unfit("cannot be read")
    }
    return .file(Array(data))
  }

  func has(_ folder: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(path)/\(folder)", isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  /// The files below `policies/`, by path there.
  ///
  /// - Throws: ``Failure`` if there is anything but plain files.
  func policyFiles() throws -> [String: [UInt8]] {
    guard has("policies") else {
      throw Failure(.failed, "there is no policies/ in \(path)", hint: "daypass init")
    }
    return try Self.plain(try entries(below: "policies"), below: "policies/")
  }

  /// The files of a directory that stands for `policies/`.
  static func policyFiles(in directory: String) throws -> [String: [UInt8]] {
    let folder = GovernedFolder(path: (directory as NSString).standardizingPath)
    return try plain(try folder.entries(below: "."), below: "./")
  }

  private static func plain(
    _ entries: [String: Entry], below prefix: String
  ) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for (path, entry) in entries {
      switch entry {
      case .file(let bytes): files[String(path.dropFirst(prefix.count))] = bytes
      case .unfit(let why): throw Failure(.failed, "\(path) \(why)")
      }
    }
    return files
  }
}
