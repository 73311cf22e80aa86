/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reflected CRCs that on-disk formats use, without the initial and final inversions that
   formats differ in: GPT starts at ~0 and inverts at the end, LVM2 starts at 0xf597a6cf and does not,
   jbd2 and dm-thin use crc32c. */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Polynomial 0xedb88320 (IEEE 802.3, reflected). */
uint32_t crc32_update(uint32_t crc, const void *data, size_t len);

/* Polynomial 0x82f63b78 (Castagnoli, reflected). */
uint32_t crc32c_update(uint32_t crc, const void *data, size_t len);

/* Whether the processor does the work: gigabytes a second then, else some 200 megabytes. */
bool crc32c_is_fast(void);

#endif
