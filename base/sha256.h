/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256 (FIPS 180-4) of a few bytes: the names that fscrypt shortens end in one. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_MAX 4096 /* bytes */

/* `len` is at most SHA256_MAX. */
void sha256(const uint8_t *bytes, size_t len, uint8_t digest[32]);

#endif
