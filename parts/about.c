/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "parts/about.h"

#include "base/identity.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* A copy of a text that goes with the part. */
static int keep(struct results *results, const char **string)
{
	if (*string == NULL)
		return 0;
	*string = pool_string(&results->strings, *string);
	return *string != NULL ? 0 : -1;
}

static int keep_note(struct results *results, const char *note, bool of_trace)
{
	if (keep(results, &note) != 0)
		return -1;
	return of_trace ? VEC_PUSH(&results->trace_notes, note) : VEC_PUSH(&results->disk_notes, note);
}

int about_take(struct results *results, const struct results *from)
{
	results->trace = from->trace;
	results->trace.accesses = results->trace.beyond = results->trace.elsewhere = results->trace.outside =
	    0;
	results->trace.marked = false;
	results->derived = from->derived;
	results->disk = from->disk;
	results->unit_sectors = from->unit_sectors;
	if (keep(results, &results->trace.file) != 0 || keep(results, &results->trace.format) != 0 ||
	    keep(results, &results->trace.event) != 0 || keep(results, &results->trace.relative_to) != 0 ||
	    keep(results, &results->trace.identity) != 0 || keep(results, &results->derived) != 0 ||
	    keep(results, &results->disk.file) != 0 || keep(results, &results->disk.identity) != 0)
		return -1;
	for (size_t i = 0; i < from->trace_notes.n; i++)
		if (keep_note(results, from->trace_notes.at[i], true) != 0)
			return -1;
	for (size_t i = 0; i < from->disk_notes.n; i++)
		if (keep_note(results, from->disk_notes.at[i], false) != 0)
			return -1;
	return 0;
}

/* Each warning once. */
static int add_warnings(struct results *results, const struct results *from)
{
	for (size_t i = 0; i < from->fit_warnings.n; i++) {
		const char *warning = from->fit_warnings.at[i];
		bool known = false;

		for (size_t j = 0; j < results->fit_warnings.n; j++)
			known |= same(results->fit_warnings.at[j], warning);
		if (!known &&
		    (keep(results, &warning) != 0 || VEC_PUSH(&results->fit_warnings, warning) != 0))
			return -1;
	}
	return 0;
}

/* Only the piece with the beginning of the trace states the disk's size. */
int about_add(struct results *results, const struct results *from)
{
	if (results->trace.sectors == 0)
		results->trace.sectors = from->trace.sectors;
	if (results->disk.file == NULL && from->disk.sectors > results->disk.sectors) {
		results->disk.sectors = from->disk.sectors;
		results->disk.base_sectors = from->disk.base_sectors;
	}
	return add_warnings(results, from);
}

/* --- what belongs together --- */

static bool same_statistics(const struct part *first, const struct part *part)
{
	if (first->nstatistics != part->nstatistics)
		return false;
	for (unsigned i = 0; i < part->nstatistics; i++)
		if (!statistic_same(first->statistics[i], part->statistics[i]))
			return false;
	return true;
}

/* Words of which none is the same; a disk without any may be any. */
static bool is_another(const struct results_disk *a, const struct results_disk *b)
{
	struct identity left = {.n = 0}, right = {.n = 0};

	identity_parse(&left, a->identity ? a->identity : "");
	identity_parse(&right, b->identity ? b->identity : "");
	return identity_differs(&left, &right);
}

static bool disk_differs(const struct results_disk *first, const struct results_disk *disk)
{
	if ((first->file == NULL) != (disk->file == NULL))
		return true;
	return first->file != NULL && (first->sectors != disk->sectors ||
				       first->base_sectors != disk->base_sectors || is_another(first, disk));
}

int about_options_differ(const struct part *first, const struct part *part, struct err *err)
{
	if (first->about.trace.all != part->about.trace.all ||
	    first->about.unit_sectors != part->about.unit_sectors)
		return err_set(err, "was made with other options (--all, --align) than %.300s", first->name);
	if (!same_statistics(first, part))
		return err_set(err, "was made with other statistics (-z) than %.300s", first->name);
	return 0;
}

/* Pieces of a trace that all processes can read know its beginning and its size. */
static bool trace_differs(const struct part *first, const struct part *part)
{
	const struct part_source *a = &first->sources.at[0], *b = &part->sources.at[0];

	return part->of > 0 && a->size > 0 && b->size > 0 && (a->digest != b->digest || a->size != b->size);
}

int about_differs(const struct part *first, const struct part *part, struct err *err)
{
	const struct results_trace *a = &first->about.trace, *b = &part->about.trace;

	if (part->alone != first->alone || part->of != first->of)
		return err_set(err, "is of a piece that was cut in another way than %.300s", first->name);
	if (part->machine_told && first->machine_told && !same(first->machine, part->machine))
		return err_set(err, "is of machine %.80s, and %.300s of %.80s", part->machine, first->name,
			       first->machine);
	if (!same(a->format, b->format) || !same(a->event, b->event) ||
	    !same(a->relative_to, b->relative_to) || trace_differs(first, part))
		return err_set(err, "is of another trace than %.300s", first->name);
	if (about_options_differ(first, part, err) != 0)
		return -1;
	return disk_differs(&first->about.disk, &part->about.disk)
		   ? err_set(err, "is of another disk than %.300s", first->name)
		   : 0;
}
