/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks as inputs.  So that these stay small they hold only sectors with something in them: the number of the disk's
   sectors (32 bits, little-endian), then for each its number (32 bits) and its 512 bytes. */
#ifndef FUZZ_SECTORS_H
#define FUZZ_SECTORS_H

#include <stddef.h>
#include <stdint.h>

/* Puts the disk into the target's file; its path. */
const char *sectors_unpack(const uint8_t *data, size_t size);

/* Mends the checksums of what begins in these sectors of the file. */
void sectors_mend(const uint8_t *data, size_t size);

#endif
