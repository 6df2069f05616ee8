/// The optimised programs that `make attack-binary` and `make model-binary` build.
package enum ReleaseBuild {
  /// - Parameter product: `daypass`, what people install, or `daypass-model`.
  package static func path(of product: String) -> String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/") + "/.build-release/release/" + product
  }
}
