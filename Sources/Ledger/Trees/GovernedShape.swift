/// The shape that `grants/` may have; everything else below it is a stray.
enum GovernedShape {
  enum Kind {
    case directory, file, ignored, stray
  }

  /// What an entry of that name may be in the directory of those components (`["grants", ...]`).
  static func kind(of name: String, in directory: [String]) -> Kind {
    switch directory.count {
    case 1:
      if name == "README.md" || name == ".gitkeep" { return .ignored }
      return ["pending", "active", "closed"].contains(name) ? .directory : .stray
    // A `.gitkeep` keeps an otherwise empty state folder in git; deeper folders are never empty.
    case 2: return name == ".gitkeep" ? .ignored : digits(name, 4)
    case 3, 4, 5: return digits(name, 2)
    case 6: return .file
    default: return .stray
    }
  }

  private static func digits(_ name: String, _ count: Int) -> Kind {
    name.utf8.count == count
      && name.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      ? .directory : .stray
  }
}
