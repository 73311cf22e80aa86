/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and sizes as people write and read them. */
#ifndef BASE_SIZE_H
#define BASE_SIZE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define SECTOR_SIZE 512u
#define SECTOR_SHIFT 9

/* A decimal or 0x hexadecimal number, nothing after it; 0 or -1. */
int number_parse(const char *text, uint64_t *value, struct err *err);

/* A number with an optional K M G T (powers of two) or s (sectors of 512 bytes), as bytes; 0 or -1. */
int size_parse(const char *text, uint64_t *bytes, struct err *err);

/* Bytes for people, exact where they can be ("4 KiB", "40 MiB", "10.2 MiB"); returns buf. */
const char *size_human(uint64_t bytes, char *buf, size_t len);

#endif
