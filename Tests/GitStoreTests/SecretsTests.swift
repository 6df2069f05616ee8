import Testing

@testable import GitStore

/// Nothing that is shown holds a password or a token.
@Suite struct SecretsTests {
  @Test func credentialsInText() {
    let cases = [
      "at https://u:p@h/x and https://tok@h/y": "at https://h/x and https://h/y",
      "ssh://git@h/x": "ssh://git@h/x", "ssh://git:p@h/x": "ssh://git@h/x",
      "git+ssh://a:b@h": "git+ssh://a@h", "no url: a@b://": "no url: a@b://",
      "'http://a:p@ss@h/'": "'http://h/'",
    ]
    for (text, expected) in cases { #expect(Words.withoutCredentials(text) == expected) }
    #expect(Words.shown("a\u{1b}b\u{202e}c\r\nd") == "a?b?c?\nd")
  }

  @Test(arguments: [
    "Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==", "> authorization: Bearer canary",
    "PRIVATE-TOKEN: canary-canary", "use Bearer canary.canary.canary now",
    "https://h/x?private_token=canary&y=1", "password=canary", "GITHUB_TOKEN=canary",
    "see ghp_canarycanarycanary1 there", "glpat-canary_canary_canary",
    "https://x:github_pat_canarycanarycanary@github.com/o/r",
  ])
  func whatLooksLikeASecret(_ text: String) {
    let shown = Words.shown(text)
    #expect(!shown.contains("canary") && !shown.contains("Y2FuYXJ5"), "\(shown)")
  }

  @Test(arguments: [
    "HTTP Basic: Access denied.", "GitLab: a token is required", "See which token: x",
    "fatal: repository 'https://h/x' not found",
  ])
  func wordsThatAreNoSecret(_ text: String) {
    #expect(Words.shown(text) == text)
  }

  @Test func whatIsKnownIsTakenOutEverywhere() {
    let secrets = Secrets(
      environment: [
        "CI_JOB_TOKEN": "env-canary", "HOME": "/home/me", "SSH_ASKPASS": "/usr/bin/askpass",
        "DB_PASSWORD": "db-canary", "MY_PAT": "pat-canary", "GIT_TOKEN": "short",
      ],
      urls: ["https://me:p%40ss-canary@h/x", "https://lone-canary@h/y", "ssh://git@h/z"],
      headers: ["Authorization: Basic bWU6aGVhZGVyLWNhbmFyeQ==", "X-Token: bare-canary"])
    let told = """
      env-canary db-canary pat-canary p%40ss-canary p@ss-canary lone-canary header-canary
      bWU6aGVhZGVyLWNhbmFyeQ== bare-canary /home/me /usr/bin/askpass git@h
      """
    #expect(
      secrets.redacted(told) == """
        *** *** *** *** *** *** ***
        *** *** /home/me /usr/bin/askpass git@h
        """)
  }

  /// git would not understand such a URL either, but the password in it is one.
  @Test(arguments: [
    "https://me:can/ary@h/x\u{7}", "https://me:can\nary@h/x", "https://me:can ary@-h/x",
    "foo://me:canary@h/x",
  ])
  func faultyURLs(_ url: String) {
    #expect(RemoteAddress.fault(in: url) != nil)
    let shown = RemoteAddress.shown(url)
    #expect(!shown.contains("can") && !shown.contains("ary"), "\(shown)")
  }

  @Test func aCutGoesThroughNoSecret() {
    let text = String(repeating: "x", count: 3990) + " https://me:canary@h/x"
    #expect(!Words.shown(text).contains("me:"))
  }
}
