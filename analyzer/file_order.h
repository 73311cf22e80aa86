/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which files are listed: most sectors written first, then most read, then by number. */
#ifndef ANALYZER_FILE_ORDER_H
#define ANALYZER_FILE_ORDER_H

#include "analyzer/counter.h"

#include <stddef.h>
#include <stdint.h>

struct file_order {
	uint64_t written, read;
	uint32_t space, inode;
	size_t index; /* the caller's; it plays no part */
};

struct file_order file_order(const struct counters *counters, uint32_t space, uint32_t inode, size_t index);

/* 0, or -1 without memory. */
int file_order_sort(struct file_order *files, size_t n);

#endif
