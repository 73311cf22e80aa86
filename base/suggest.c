/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distances after Damerau and Levenshtein, with neighbours swapped at most once (optimal string alignment). */
#include "base/suggest.h"

#include <string.h>

#define WORD_MAX 48

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance(const char *a, const char *b)
{
	unsigned rows[WORD_MAX + 1][WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	for (size_t i = 0; i <= la; i++)
		for (size_t j = 0; j <= lb; j++) {
			if (i == 0 || j == 0) {
				rows[i][j] = (unsigned)(i + j);
				continue;
			}
			rows[i][j] = least(least(rows[i - 1][j] + 1, rows[i][j - 1] + 1),
					   rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	return rows[la][lb];
}

const char *suggest(const char *typed, const char *const *names, size_t n)
{
	size_t len = strlen(typed);
	unsigned best = (unsigned)(len / 3 + (len > 1)) + 1;
	const char *found = NULL;

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		unsigned far = strlen(names[i]) <= WORD_MAX ? distance(typed, names[i]) : WORD_MAX;

		if (far <= best)
			found = far < best ? names[i] : NULL;
		if (far < best)
			best = far;
	}
	return found;
}
