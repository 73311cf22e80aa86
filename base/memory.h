/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Giving memory back to the system while its owner still holds it. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* The bytes are not needed any more: their pages go back, and what lies there is lost.  Only for memory of
   malloc, which frees it as ever. */
void memory_drop(void *at, size_t len);

/* Asks for huge pages for memory that will be read at random and has not been touched yet: a processor finds
   few small ones without looking them up.  It may be refused, and then nothing changes. */
void memory_huge(void *at, size_t size);

#endif
