import GitStore

extension Session {
  /// How long a remote may say nothing: `daypass.remoteTimeout`, whole seconds, or a minute.
  static func remoteTimeout(_ repository: GitRepository) async throws -> Duration {
    guard let stated = try await repository.configuration("daypass.remoteTimeout") else {
      return .seconds(60)
    }
    guard let seconds = Int(stated), (1...3600).contains(seconds) else {
      throw Failure(
        .usage, "daypass.remoteTimeout is no number of seconds from 1 to 3600",
        hint: "git config daypass.remoteTimeout 60")
    }
    return .seconds(seconds)
  }
}
