import Grants
import Testing

/// Ids and paths: one spelling each.
@Suite struct PlaceTests {
  static let id = "20261123T181502Z-k3f9q2xw"
  static let path = "grants/pending/2026/11/23/18/20261123T181502Z-k3f9q2xw.json"

  @Test func anIdIsReadAndWritten() throws {
    let id = try #require(GrantID(Self.id))
    #expect(id.description == Self.id)
    #expect(id.short == "k3f9q2xw")
    #expect(id.requestedAt.description == "2026-11-23T18:15:02Z")
    for random: UInt64 in [0, 1, 31, 32, 0xff_ffff_ffff, .max] {
      let made = GrantID(requestedAt: id.requestedAt, random: random)
      #expect(GrantID(made.description) == made)
    }
    #expect(GrantID(requestedAt: id.requestedAt, random: .max).short == "zzzzzzzz")
  }

  @Test(arguments: [
    "20261123T181502Z-K3F9Q2XW", "20261123t181502z-k3f9q2xw", "20261123T181502Z-k3f9q2xi",
    "20261123T181502Z-k3f9q2xl", "20261123T181502Z-k3f9q2xo", "20261123T181502Z-k3f9q2xu",
    "20261123T181502Z-k3f9q2x", "20261123T181502Z-k3f9q2xw0", "20261123T181502Z_k3f9q2xw",
    "20261123T181502-k3f9q2xw", "2026-11-23T18:15:02Z-k3f9q2xw", "20261131T181502Z-k3f9q2xw",
    "20260229T181502Z-k3f9q2xw", "20261123T241502Z-k3f9q2xw", "20261123T181560Z-k3f9q2xw",
    "", "k3f9q2xw", "20261123T181502Z-k3f9q2x\u{306}", "20261123T181502Z-ｋ3f9q2",
    "20261123T181502Z-k3f9q2x ", " 20261123T181502Z-k3f9q2x",
  ])
  func noId(_ text: String) {
    #expect(GrantID(text) == nil)
  }

  @Test func aPathIsAFunctionOfStateAndId() throws {
    let id = try #require(GrantID(Self.id))
    for state in GrantState.allCases {
      let path = GrantPath(state: state, id: id)
      #expect(path.description == Self.path.replacing("pending", with: state.rawValue))
      #expect(GrantPath(path.description) == path)
    }
  }

  @Test(arguments: [
    path.replacing("/18/", with: "/19/"), path.replacing("/23/", with: "/24/"),
    path.replacing("/11/", with: "/12/"), path.replacing("/2026/", with: "/2027/"),
    path.replacing("grants", with: "Grants"), path.replacing("pending", with: "Pending"),
    path.replacing("pending", with: "pendin\u{261}"), path.replacing("k3f9", with: "K3f9"),
    path.replacing(".json", with: ".JSON"), path.replacing(".json", with: ""),
    path.replacing(".json", with: ".json.bak"), path + "/", "/" + path, "./" + path, path + "/x",
    path.replacing("/18/", with: "/18//"), path.replacing("/18/", with: "/18/x/"),
    path.replacing("/18/", with: "/"), path.replacing("/11/", with: "/011/"),
    path.replacing("pending", with: "open"), path.replacing("/", with: "\\"),
    path.replacing("grants/", with: "grants/../grants/"), "", "/", "grants",
    path.replacing("Z-", with: "Z-\u{200b}"), path + "\n", path + "\r\n",
  ])
  func noPath(_ text: String) {
    #expect(GrantPath(text) == nil)
  }

  @Test func names() {
    for good in [
      "a", "A", "0", "alice@example.com", "a.b_c-d+e@f", String(repeating: "a", count: 128),
    ] {
      #expect(Principal(good) != nil)
    }
    for bad in [
      "", ".", "-a", "_a", "@a", "+a", "a b", "a\n", "a,b", "a*", "é", "a\u{301}", "\u{212a}",
      String(repeating: "a", count: 129), "a/b", "a\"b", "a\u{0}",
    ] {
      #expect(Principal(bad) == nil, "\(bad)")
    }
    for bad in ["", "A", "aB", "a@b", "a+b", "-a", ".a", "a/b", String(repeating: "a", count: 65)] {
      #expect(RoleName(bad) == nil, "\(bad)")
    }
  }
}
