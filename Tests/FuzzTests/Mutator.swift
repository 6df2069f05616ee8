import TestSupport

/// Makes other inputs of given ones, the same for the same seed.
struct Mutator {
  private var random: SeededRandom
  private let corpus: [[UInt8]]
  /// What such inputs are made of, put in whole.
  private let words: [[UInt8]]

  init(corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus
    random = SeededRandom(seed: seed)
    var words: Set<[UInt8]> = []
    for input in corpus {
      for line in input.split(separator: 0x0a) where line.count <= 200 {
        words.insert(Array(line) + [0x0a])
        words.formUnion(line.split(separator: 0x20).map { Array($0) })
      }
    }
    self.words =
      words.sorted { $0.lexicographicallyPrecedes($1) } + [
        [0], [0xff], [0x0a], [0x0d, 0x0a], [0x20], [0x7f], Array("\u{301}\u{316}".utf8),
        Array("\u{202e}".utf8), Array("\u{feff}".utf8),
      ]
  }

  /// One of the inputs after a few changes, most often one: more leave little that is accepted.
  mutating func next() -> [UInt8] {
    var input = corpus.randomElement(using: &random) ?? []
    let count = [1, 1, 1, 2, 4].randomElement(using: &random) ?? 1
    for _ in 0..<count { change(&input) }
    return input
  }

  private mutating func change(_ input: inout [UInt8]) {
    let place = Int.random(in: 0...input.count, using: &random)
    let end = min(input.count, place + Int.random(in: 1...24, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0 where place < input.count: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < input.count: input[place] = UInt8.random(in: 0...255, using: &random)
    case 2: input.removeSubrange(place..<end)
    case 3: input.insert(contentsOf: Array(input[place..<end]), at: place)
    case 4: input.insert(UInt8.random(in: 0...255, using: &random), at: place)
    case 5: input.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
    case 6: input.replaceSubrange(place..<end, with: words.randomElement(using: &random) ?? [])
    default:
      let other = corpus.randomElement(using: &random) ?? []
      let cut = Int.random(in: 0...other.count, using: &random)
      input = Array(input[..<place] + other[cut...])
    }
  }
}
