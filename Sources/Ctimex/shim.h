#pragma once
#include <sys/timex.h>

// <sys/timex.h> is not part of Swift's Glibc module. 1: in step with a reference, 0: not, or the
// kernel cannot be asked.
static inline int daypass_clock_is_synchronised(void) {
  struct timex status = {0};
  int state = adjtimex(&status);
  return state >= 0 && state != TIME_ERROR;
}
