/// Debian's libgit2 reads the machine's whole bundle of certificate authorities whenever it starts:
/// eight milliseconds, and most of what a reading command takes. daypass never has libgit2 speak TLS
/// (the `git` program fetches and pushes), so these stand in place of mbedTLS's functions of the same
/// names, for libgit2 in this process alone. A connection that libgit2 made all the same would trust
/// nobody.
///
/// - Returns: 0, all were read.
@_cdecl("mbedtls_x509_crt_parse_file")
public func daypassParsesNoAuthoritiesFile(
  _ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?
) -> Int32 { 0 }

@_cdecl("mbedtls_x509_crt_parse_path")
public func daypassParsesNoAuthoritiesPath(
  _ chain: UnsafeMutableRawPointer?, _ path: UnsafePointer<CChar>?
) -> Int32 { 0 }
