#pragma once
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

// git_libgit2_opts is variadic and therefore not visible to Swift.
static inline int daypass_git_enable_fsync(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

static inline int daypass_git_enable_caching(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_CACHING, enabled);
}

// Extensions that do not change how objects and references are stored. libgit2 refuses every
// extension it does not know.
static inline int daypass_git_allow_harmless_extensions(void) {
  static const char *names[] = {"worktreeconfig", "preciousobjects"};
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, (size_t)2);
}

// Inflates a zlib stream of at most `input_size` bytes into at most `output_size` bytes.
// Returns zlib's last word (Z_STREAM_END where the stream was whole); the counts say how far it
// came. Always ends, whatever the input: inflate is called once, with all there is.
static inline int daypass_inflate(const unsigned char *input, size_t input_size,
                                  unsigned char *output, size_t output_size, size_t *consumed,
                                  size_t *produced) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  *consumed = 0;
  *produced = 0;
  if (input_size > UINT_MAX || output_size > UINT_MAX) return Z_MEM_ERROR;
  int status = inflateInit(&stream);
  if (status != Z_OK) return status;
  stream.next_in = (unsigned char *)input;
  stream.avail_in = (uInt)input_size;
  stream.next_out = output;
  stream.avail_out = (uInt)output_size;
  status = inflate(&stream, Z_SYNC_FLUSH);
  *consumed = input_size - stream.avail_in;
  *produced = output_size - stream.avail_out;
  inflateEnd(&stream);
  return status;
}

// A database that keeps nothing. What is streamed into it is only hashed, by libgit2's own SHA-1,
// which detects collisions and which libgit2 lets nobody else call piece by piece.
static int daypass_hashing_write(git_odb_stream *stream, const char *bytes, size_t count) {
  (void)stream, (void)bytes, (void)count;
  return 0;
}
static int daypass_hashing_finalize(git_odb_stream *stream, const git_oid *id) {
  (void)stream, (void)id;
  return 0;
}
static void daypass_hashing_free_stream(git_odb_stream *stream) { free(stream); }
static int daypass_hashing_open(git_odb_stream **out, git_odb_backend *backend,
                                git_object_size_t size, git_object_t kind) {
  (void)size, (void)kind;
  git_odb_stream *stream = calloc(1, sizeof *stream);
  if (stream == NULL) return -1;
  stream->backend = backend;
  stream->mode = GIT_STREAM_WRONLY;
  stream->write = daypass_hashing_write;
  stream->finalize_write = daypass_hashing_finalize;
  stream->free = daypass_hashing_free_stream;
  *out = stream;
  return 0;
}
static void daypass_hashing_free_backend(git_odb_backend *backend) { free(backend); }
static inline int daypass_hashing_database(git_odb **out) {
  git_odb_backend *backend = calloc(1, sizeof *backend);
  if (backend == NULL) return -1;
  int status = git_odb_init_backend(backend, GIT_ODB_BACKEND_VERSION);
  backend->writestream = daypass_hashing_open;
  backend->free = daypass_hashing_free_backend;
  if (status == 0) status = git_odb_new(out);
  if (status != 0) {
    free(backend);
    return status;
  }
  status = git_odb_add_backend(*out, backend, 1);
  if (status != 0) {
    free(backend);
    git_odb_free(*out);
    *out = NULL;
  }
  return status;
}

// A global variable, which Swift takes for a data race.
extern char **environ;
static inline char **daypass_environment(void) { return environ; }

// A file in memory, closed on exec. glibc shows memfd_create only to _GNU_SOURCE, and Swift does
// not see it at all.
extern int memfd_create(const char *name, unsigned int flags);
static inline int daypass_memory_file(void) { return memfd_create("daypass", 1U /* MFD_CLOEXEC */); }
