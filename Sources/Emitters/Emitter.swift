import Grants
import Reconciler

/// The formats an effective set is written in; the same set gives the same bytes.
package enum Emitter: String, Sendable, CaseIterable {
  case json, csv

  /// The name of the file in an output directory.
  package var fileName: String { "effective.\(rawValue)" }

  package func bytes(of set: EffectiveSet) -> [UInt8] {
    switch self {
    case .json: JSONEmitter.bytes(of: set)
    case .csv: CSVEmitter.bytes(of: set)
    }
  }
}
