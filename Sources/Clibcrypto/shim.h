#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>

// EVP_PKEY_PUBLIC_KEY is an expression macro and therefore not visible to Swift.
static inline int daypass_evp_pkey_public_key(void) { return EVP_PKEY_PUBLIC_KEY; }
