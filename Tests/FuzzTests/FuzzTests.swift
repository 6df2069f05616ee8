import Foundation
import FuzzProperties
import Grants
import Signatures
import TestSupport
import Testing

@testable import daypass

/// The fuzzer's properties, asked of its corpus and of inputs made from it: what `make test` can
/// afford of `make fuzz`.
@Suite struct FuzzTests {
  /// Mutations of each target.
  private static let mutations = 10_000
  /// In seconds, for one input of a few KiB on a busy machine in a debug build.
  private static let patience = 20.0

  @Test(arguments: FuzzTarget.allCases)
  func theCorpusBreaksNothing(target: FuzzTarget) throws {
    let files = try Corpus.files(of: target)
    #expect(files.count >= 8)
    for (name, input) in files {
      #expect(input.count < 2_048, "\(target.rawValue)/\(name) is too large for a corpus")
      if let sentence = target.broken(by: input) {
        Issue.record("\(target.rawValue)/\(name): \(sentence)")
      }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func whatIsMadeOfTheCorpusBreaksNothing(target: FuzzTarget) throws {
    var mutator = Mutator(corpus: try Corpus.files(of: target).map(\.input), seed: 20_261_124)
    let clock = ContinuousClock()
    for number in 0..<Self.mutations {
      let input = mutator.next()
      let start = clock.now
      let sentence = target.broken(by: input)
      let took = clock.now - start
      if let sentence {
        let text = Data(input).base64EncodedString()
        Issue.record("\(target.rawValue), mutation \(number): \(sentence)\n\(text)")
        return
      }
      #expect(took < .seconds(Self.patience), "\(target.rawValue), mutation \(number): \(took)")
    }
  }

  /// A corpus of refusals alone would leave the properties unasked.
  @Test(arguments: FuzzTarget.allCases)
  func theCorpusHoldsWhatIsAcceptedAndWhatIsNot(target: FuzzTarget) throws {
    let verdicts = try Corpus.files(of: target).map { Corpus.isAccepted($0.input, by: target) }
    #expect(verdicts.count { $0 } >= 3)
    #expect(verdicts.count { !$0 } >= 1)
  }

  /// Nobody makes a good signature of another one without the key.
  @Test(arguments: [FuzzTarget.signature, .signatureBlob])
  func aMutationThatVerifiesSaysTheSame(target: FuzzTarget) throws {
    func said(_ input: [UInt8]) -> [UInt8] {
      guard target == .signature else { return input }
      let (armor, payload) = SignatureProperties.split(input)
      return SignatureProperties.base64(in: armor) + [0] + payload
    }
    let corpus = try Corpus.files(of: target).map(\.input)
    let good = Set(corpus.filter { Corpus.isAccepted($0, by: target) }.map(said))
    #expect(good.count >= 6)
    var mutator = Mutator(corpus: corpus, seed: 7)
    for _ in 0..<Self.mutations {
      let input = mutator.next()
      guard Corpus.isAccepted(input, by: target) else { continue }
      #expect(good.contains(said(input)), "\(Data(input).base64EncodedString())")
    }
  }

  /// `daypass fmt` writes what the fold reads, and leaves it alone the next time.
  @Test func whatFmtWritesIsCanonical() throws {
    var mutator = Mutator(corpus: try Corpus.files(of: .grant).map(\.input), seed: 11)
    var count = 0
    for _ in 0..<Self.mutations {
      guard let written = try? FmtCommand.canonical(mutator.next()) else { continue }
      count += 1
      #expect(throws: Never.self) { try Grant(canonical: written) }
      #expect(try FmtCommand.canonical(written) == written)
    }
    #expect(count > 200)
  }
}
