import ArgumentParser
import Grants

extension Principal: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension RoleName: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// `key=value` as it is typed for a scope.
struct ScopeChoice: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
      return nil
    }
    key = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }

  /// - Throws: ``Failure`` if a key comes twice: it is not guessed which one is meant.
  static func dictionary(_ choices: [ScopeChoice]) throws -> [String: String] {
    try choices.reduce(into: [:]) { result, choice in
      guard result.updateValue(choice.value, forKey: choice.key) == nil else {
        throw Failure(.usage, "the scope \(Words.safe(choice.key)) is given twice")
      }
    }
  }
}
