/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A radix sort from the least significant byte on: there may be a million files, and most bytes are the same
   in all of them. */
#include "analyzer/file_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum field { FILE_KEY, WRITTEN, TRAFFIC, FIELDS };

struct file_order file_order(const struct counters *counters, uint64_t file, size_t index)
{
	struct file_order order = {.read = counters->op[ACCESS_READ].sectors, .file = file, .index = index};

	for (int op = ACCESS_WRITE; op < ACCESS_OPS; op++)
		order.written += counters->op[op].sectors;
	return order;
}

/* As a number of which the lowest comes first. */
static uint64_t value(const struct file_order *file, enum field field)
{
	switch (field) {
	case FILE_KEY:
		return file->file;
	case WRITTEN:
		return ~file->written;
	default:
		return ~(file->written + file->read);
	}
}

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

static inline unsigned digit(const struct file_order *file, enum field field, unsigned shift)
{
	return value(file, field) >> shift & (DIGITS - 1);
}

static void sort_by(struct file_order *to, const struct file_order *from, size_t n, enum field field,
		    unsigned shift)
{
	size_t at[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[digit(&from[i], field, shift)]++;
	for (unsigned i = 0; i < DIGITS; i++) {
		size_t count = at[i];

		at[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[digit(&from[i], field, shift)]++] = from[i];
}

/* The bits of a field in which some files differ. */
static uint64_t differences(const struct file_order *files, size_t n, enum field field)
{
	uint64_t all = 0;

	for (size_t i = 1; i < n; i++)
		all |= value(&files[i], field) ^ value(&files[0], field);
	return all;
}

/* Whether they already are in the order of the lower fields, as an analysis finds them. */
static bool is_numbered(const struct file_order *files, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (files[i - 1].file > files[i].file)
			return false;
	return true;
}

int file_order_sort(struct file_order *files, size_t n)
{
	struct file_order *other = malloc((n + 1) * sizeof(*other)), *from = files, *to = other;

	if (other == NULL)
		return -1;
	for (enum field field = is_numbered(files, n) ? WRITTEN : FILE_KEY; field < FIELDS; field++) {
		uint64_t differ = differences(files, n, field);

		for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
			struct file_order *swap = to;

			if ((differ >> shift & (DIGITS - 1)) == 0)
				continue;
			sort_by(to, from, n, field, shift);
			to = from;
			from = swap;
		}
	}
	if (from != files)
		memcpy(files, from, n * sizeof(*files));
	free(other);
	return 0;
}
