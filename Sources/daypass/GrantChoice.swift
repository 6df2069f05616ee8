import ArgumentParser
import Grants
import Ledger

/// A grant as people name it: any unambiguous piece of its id.
struct GrantChoice: ExpressibleByArgument {
  let piece: String

  init?(argument: String) {
    let piece = argument.lowercased()
    guard !piece.isEmpty, piece.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return nil }
    self.piece = piece
  }

  func fits(_ id: GrantID) -> Bool { id.description.lowercased().contains(piece) }

  /// The one grant among these that the piece names.
  ///
  /// - Parameter otherwise: where to look for the right one.
  /// - Throws: ``Failure`` naming what it could be.
  func find(
    among ids: some Sequence<GrantID>, otherwise: String = "What there is: daypass list --all"
  ) throws -> GrantID {
    // A year or a single letter would name whatever happens to be there alone.
    guard piece.count >= 3 else {
      throw Failure(
        .usage, "\(Words.safe(piece)) is too short to name a grant",
        hint: "Type at least three characters of the id: daypass list")
    }
    let matches = ids.filter(fits).sorted()
    if let exact = matches.first(where: {
      $0.short == piece || $0.description.lowercased() == piece
    }) {
      return exact
    }
    guard let only = matches.first else {
      throw Failure(
        .failed, "no grant is named \(Words.safe(piece))", hint: otherwise)
    }
    guard matches.count == 1 else {
      let names = matches.prefix(8).map(\.description).joined(separator: ", ")
      throw Failure(
        .usage, "\(piece) could be \(matches.count) grants: \(names)", hint: "Type more of the id.")
    }
    return only
  }
}
