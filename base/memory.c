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

#define HUGE_PAGE ((size_t)2 << 20)

void memory_huge(void *at, size_t size)
{
	uintptr_t begin = ((uintptr_t)at + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	uintptr_t end = ((uintptr_t)at + size) & ~(HUGE_PAGE - 1);

	if (begin < end)
		(void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
}
