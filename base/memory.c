/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* madvise(2) on the whole pages in a range. */
#include "base/memory.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void memory_drop(void *at, size_t len)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)at + page - 1) / page * page, to = ((uintptr_t)at + len) / page * page;

	if (from < to)
		(void)madvise((char *)at + (from - (uintptr_t)at), to - from, MADV_DONTNEED);
}
