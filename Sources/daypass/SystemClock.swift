import Ctimex
import Glibc
import Grants
import Submission

/// The machine's clock, or a fixed moment that somebody asked to judge by.
struct SystemClock: Clock {
  let fixed: Timestamp?

  func now() -> Timestamp { fixed ?? Timestamp(seconds: Int64(Glibc.time(nil))) }

  /// What the kernel says; a kernel that cannot be asked has said nothing good.
  var isSynchronised: Bool { daypass_clock_is_synchronised() == 1 }
}
