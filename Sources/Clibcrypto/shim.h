#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>

// EVP_PKEY_PUBLIC_KEY is an expression macro and therefore not visible to Swift.
static inline int daypass_evp_pkey_public_key(void) { return EVP_PKEY_PUBLIC_KEY; }

// The low-level hash calls: unlike the EVP ones they look nothing up, take no lock and cannot
// fail. OpenSSL 3 marks them deprecated, which Swift's warnings-as-errors would not let pass.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static inline void daypass_sha1(const unsigned char *bytes, size_t count, unsigned char *digest) {
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, bytes, count);
  SHA1_Final(digest, &state);
}
// Of two pieces, as if they were one.
static inline void daypass_sha1_joined(const unsigned char *first, size_t first_count,
                                       const unsigned char *second, size_t second_count,
                                       unsigned char *digest) {
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, first, first_count);
  SHA1_Update(&state, second, second_count);
  SHA1_Final(digest, &state);
}
static inline void daypass_sha256(const unsigned char *bytes, size_t count, unsigned char *digest) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes, count);
  SHA256_Final(digest, &state);
}
static inline void daypass_sha512(const unsigned char *bytes, size_t count, unsigned char *digest) {
  SHA512_CTX state;
  SHA512_Init(&state);
  SHA512_Update(&state, bytes, count);
  SHA512_Final(digest, &state);
}
#pragma GCC diagnostic pop
