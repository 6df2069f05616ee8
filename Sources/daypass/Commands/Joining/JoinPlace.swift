import Foundation
import Glibc

/// The new or empty directory that a clone goes to.
struct JoinPlace: Sendable {
  /// Absolute.
  let path: String
  /// As somebody would type it from where they are.
  let shown: String
  private let wasThere: Bool

  /// - Throws: ``Failure`` if something is there already.
  init(_ directory: String, in base: String) throws {
    shown = directory
    let full = directory.hasPrefix("/") ? directory : base + "/" + directory
    path = URL(fileURLWithPath: full).standardizedFileURL.path
    var isDirectory: ObjCBool = false
    wasThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    guard wasThere else { return }
    guard isDirectory.boolValue,
      let content = try? FileManager.default.contentsOfDirectory(atPath: path), content.isEmpty
    else {
      throw Failure(
        .failed, "\(Words.safe(directory)) is there already and not an empty directory",
        hint: "Name another, or if it is a clone: daypass trust COMMIT")
    }
  }

  /// Takes away whatever was put there.
  func clear() {
    let files = FileManager.default
    // What git was told to end may still be taking files away itself.
    for _ in 0..<20 {
      if wasThere {
        for name in (try? files.contentsOfDirectory(atPath: path)) ?? [] {
          try? files.removeItem(atPath: path + "/" + name)
        }
        if (try? files.contentsOfDirectory(atPath: path))?.isEmpty != false { return }
      } else {
        try? files.removeItem(atPath: path)
        if !files.fileExists(atPath: path) { return }
      }
      usleep(20_000)
    }
  }
}
