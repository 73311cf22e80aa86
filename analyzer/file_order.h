/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which files are listed: most traffic first, reads and writes
   together, then most sectors written, then by number. */
#ifndef ANALYZER_FILE_ORDER_H
#define ANALYZER_FILE_ORDER_H

#include "analyzer/counter.h"

#include <stddef.h>
#include <stdint.h>

/* A file among all of a map: its space and a number in that (of an owner, or an inode).  No disk is so large
   that a number has more bits. */
#define FILE_NUMBER_BITS 52

static inline uint64_t file_key(uint32_t space, uint64_t number)
{
	return (uint64_t)space << FILE_NUMBER_BITS | number;
}

static inline uint32_t file_key_space(uint64_t key)
{
	return (uint32_t)(key >> FILE_NUMBER_BITS);
}

static inline uint64_t file_key_number(uint64_t key)
{
	return key & ((UINT64_C(1) << FILE_NUMBER_BITS) - 1);
}

struct file_order {
	uint64_t written, read;
	uint64_t file; /* file_key */
	size_t index;  /* the caller's; it plays no part */
};

struct file_order file_order(const struct counters *counters, uint64_t file, size_t index);

/* 0, or -1 without memory. */
int file_order_sort(struct file_order *files, size_t n);

#endif
