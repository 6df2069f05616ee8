import Testing

/// What a reader may expect of every file.
@Suite struct TidinessTests {
  private static func files() throws -> [SourceFile] {
    try Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "Tests")
  }

  @Test func noFileIsLongerThan400Lines() throws {
    for file in try Self.files() {
      let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
      #expect(count <= 400, "\(file) has \(count) lines; give a part of it a file of its own")
    }
  }

  @Test func nothingIsLeftToDo() throws {
    // Put together here, so that this file does not name them.
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    for file in try Self.files() {
      for (index, line) in file.lines.enumerated() {
        for mark in marks where line.contains(mark) {
          Issue.record("\(file):\(index + 1) says \(mark)")
        }
      }
    }
  }
}
