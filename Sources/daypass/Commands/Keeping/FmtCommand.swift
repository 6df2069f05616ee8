import ArgumentParser
import Foundation
import Grants

struct FmtCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Rewrite grant files in their one legal spelling.",
    discussion: """
      For files edited by hand: sorts keys, fixes layout and the spelling of durations, and puts \
      text into Unicode normal form C. What a file says never changes; one that cannot be read is \
      named and left as it is (exit 1). Needs no trusted root and no repository.

      Examples:
        daypass fmt                            everything below grants/
        daypass fmt --check                    for CI: say what would change, exit 1
        daypass fmt grants/pending
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Files or directories; default: grants/ of the working tree.")
  var paths: [String] = []

  @Flag(help: "Change nothing; end with 1 if anything would change.")
  var check = false

  func run() async throws {
    var isClean = true
    var rewritten = 0
    let files = try files()
    for (path, place) in files {
      do throws(GrantFormatError) {
        let bytes = FileManager.default.contents(atPath: place).map { Array($0) } ?? []
        let canonical = try Self.canonical(bytes)
        guard canonical != bytes else { continue }
        if check {
          isClean = false
          Terminal.write("Would rewrite \(Words.safe(path))\n")
        } else {
          try Self.write(canonical, to: place)
          rewritten += 1
          Terminal.write("Rewrote \(Words.safe(path))\n")
        }
      } catch {
        isClean = false
        Terminal.writeError(
          "\(Style.forErrors.bad("daypass:")) \(Words.safe("\(path) \(error)")); left as it is\n")
      }
    }
    if !isClean { throw ExitCode(ExitStatus.failed.rawValue) }
    if rewritten == 0 {
      Terminal.write("\(Style.forOutput.good("fine")), \(Words.count(files.count, "file"))\n")
    }
  }

  /// The same grant in its one spelling.
  ///
  /// - Throws: ``GrantFormatError`` in words about the file as it is.
  static func canonical(_ bytes: [UInt8]) throws(GrantFormatError) -> [UInt8] {
    // Editors of other systems begin a file with this mark; it says nothing.
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
    do {
      return try spelled(Grant(lenient: text))
    } catch {
      // Text that is not in normal form may be all that is wrong.
      guard let value = try? JSONValue(parsing: text),
        let grant = try? Grant(lenient: normalised(value).canonicalBytes)
      else { throw error }
      return try spelled(grant)
    }
  }

  /// A compact file may be within the limit, and not so when it is laid out as it must be.
  private static func spelled(_ grant: Grant) throws(GrantFormatError) -> [UInt8] {
    let bytes = grant.canonicalBytes
    guard bytes.count <= Grant.largestFile else {
      throw GrantFormatError(
        "would be larger than \(Grant.largestFile / 1_024) KiB in canonical form")
    }
    return bytes
  }

  private static func normalised(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): .string(Text.normalised(text))
    case .array(let values): .array(values.map(normalised))
    case .object(let members): .object(members.map { ($0, normalised($1)) })
    default: value
    }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(GrantFormatError) {
    do { try AtomicFile.write(bytes, to: path) } catch {
      throw GrantFormatError("cannot be written: \(Failure(error).sentence)")
    }
  }

  /// How a file is named to people: as they did, else from the top of the working tree; and where
  /// it lies.
  private typealias File = (path: String, place: String)

  /// The files to look at, in order.
  private func files() throws -> [File] {
    guard !paths.isEmpty else {
      let folder = try GovernedFolder.around(options.directory)
      guard folder.has("grants") else {
        throw Failure(.failed, "there is no grants/ in \(folder.path)")
      }
      return try Self.grants(below: "grants", in: folder, shown: "")
    }
    return try paths.flatMap { path -> [File] in
      let place = path.hasPrefix("/") ? path : "\(options.directory)/\(path)"
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory) else {
        throw Failure(.failed, "there is no \(path)")
      }
      guard isDirectory.boolValue else {
        guard (try? FileManager.default.destinationOfSymbolicLink(atPath: place)) == nil else {
          throw Failure(.failed, "\(path) is a symbolic link; no grant may be one")
        }
        return [(path, place)]
      }
      let shown = path.hasSuffix("/") ? path : path + "/"
      return try Self.grants(below: ".", in: GovernedFolder(path: place), shown: shown)
    }
  }

  /// Files that could be grants; links are left alone, `check` names them.
  private static func grants(
    below directory: String, in folder: GovernedFolder, shown prefix: String
  ) throws -> [File] {
    try folder.entries(below: directory).keys.filter { $0.hasSuffix(".json") }.sorted()
      .map { path in
        let name = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return (prefix + name, "\(folder.path)/\(path)")
      }
      .filter { (try? FileManager.default.destinationOfSymbolicLink(atPath: $0.1)) == nil }
  }
}
