import ArgumentParser
import Grants

/// A duration as people type it: `4h`, `1h30m`, `90m`, `2d`, `45s`, `PT4H`.
struct HumanSpan: ExpressibleByArgument {
  let span: TimeSpan

  /// How `--help` shows a default.
  var defaultValueDescription: String { Words.exact(span) }

  init(span: TimeSpan) { self.span = span }

  init?(argument: String) {
    if let span = TimeSpan(iso: argument.uppercased()), span.seconds > 0 {
      self.span = span
      return
    }
    let sizes: [Character: Int64] = ["w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1]
    var total: Int64 = 0
    var digits = ""
    var last = Int64.max
    for character in argument.lowercased() {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard digits.count <= 9, let count = Int64(digits), let size = sizes[character], size < last
      else { return nil }
      total += count * size
      last = size
      digits = ""
    }
    guard digits.isEmpty, total > 0, total <= TimeSpan.longest.seconds else { return nil }
    span = TimeSpan(seconds: total)
  }
}

/// A moment as people type it: `2026-11-23T22:00Z`, with or without seconds; always UTC.
struct HumanMoment: ExpressibleByArgument {
  let moment: Timestamp

  init?(argument: String) {
    let full = argument.count == 17 ? String(argument.dropLast()) + ":00Z" : argument
    guard let moment = Timestamp(full) else { return nil }
    self.moment = moment
  }
}
