/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which files are listed: most sectors written first, then most read. */
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

static inline struct file_order file_order(const struct counters *counters, uint32_t space, uint32_t inode,
					   size_t index)
{
	struct file_order order = {
	    .read = counters->op[ACCESS_READ].sectors, .space = space, .inode = inode, .index = index};

	for (int op = ACCESS_WRITE; op < ACCESS_OPS; op++)
		order.written += counters->op[op].sectors;
	return order;
}

/* For qsort, of struct file_order. */
static inline int file_order_compare(const void *left, const void *right)
{
	const struct file_order *a = left, *b = right;

	if (a->written != b->written)
		return a->written > b->written ? -1 : 1;
	if (a->read != b->read)
		return a->read > b->read ? -1 : 1;
	if (a->space != b->space)
		return a->space < b->space ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

#endif
