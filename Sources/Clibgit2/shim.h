#pragma once
#include <git2.h>
#include <git2/sys/odb_backend.h>

// git_libgit2_opts is variadic and therefore not visible to Swift.
static inline int daypass_git_enable_fsync(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}
