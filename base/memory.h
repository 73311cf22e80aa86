/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Giving memory back to the system while its owner still holds it. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* The bytes are not needed any more: their pages go back, and what lies there is lost.  Only for memory of
   malloc, which frees it as ever. */
void memory_drop(void *at, size_t len);

#endif
