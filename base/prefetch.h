/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetching memory ahead of its use. */
#ifndef BASE_PREFETCH_H
#define BASE_PREFETCH_H

/* The empty statement keeps GCC 12 from taking functions that do nothing but this for ones without effect,
   whose calls it removes. */
static inline void prefetch(const void *at)
{
	__builtin_prefetch(at);
	__asm__ volatile("");
}

#endif
