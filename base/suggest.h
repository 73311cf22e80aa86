/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may have been meant by a word that is not known. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/* The nearest of the names, by letters that are missing, added, changed or swapped; NULL when none is near: more
   than a third of the word would have to change, or several are as near. */
const char *suggest(const char *typed, const char *const *names, size_t n);

#endif
