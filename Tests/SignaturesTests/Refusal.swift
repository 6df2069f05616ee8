import Signatures

/// The reason for which a call is refused; nil when it is not.
func reason<Value>(_ body: () throws(SignatureError) -> Value) -> SignatureError.Reason? {
  do {
    _ = try body()
    return nil
  } catch {
    return error.reason
  }
}

/// The verdict on an armor over a payload: nil when it verifies.
func refusal(
  _ armor: [UInt8], payload: [UInt8], namespace: String = "git"
) -> SignatureError.Reason? {
  reason { () throws(SignatureError) in
    try SSHSignature.verify(armor: armor, payload: payload, namespace: namespace)
  }
}
