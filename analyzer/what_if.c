/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/what_if.h"

#include "analyzer/usage.h"
#include "analyzer/workers.h"
#include "trace/window.h"

#include <stdlib.h>
#include <string.h>

/* A part of an access, on the disk of a candidate. */
struct piece_of {
	size_t row; /* of what_if.rows */
	uint64_t start, count;
};

/* Pieces that follow one another: what the disk sees as one request. */
struct extent_of {
	uint64_t start, count;
	size_t first, n; /* of the pieces */
};

struct moved {
	VEC(struct piece_of) pieces;
	VEC(struct extent_of) extents;
};

struct reading {
	struct what_if *what_if;
	struct trace *trace;
	struct window window;
	bool marked;
	struct moved moved;
};

/* --- where a place lies if a layer is moved --- */

static int add_piece(struct moved *moved, size_t row, uint64_t start, uint64_t count)
{
	struct extent_of *last = moved->extents.n > 0 ? &moved->extents.at[moved->extents.n - 1] : NULL;
	size_t index = moved->pieces.n;

	if (VEC_PUSH(&moved->pieces, ((struct piece_of){row, start, count})) != 0)
		return -1;
	/* Rounded ones overlap. */
	if (last != NULL && start <= last->start + last->count && start >= last->start) {
		uint64_t end = start + count;

		if (end > last->start + last->count)
			last->count = end - last->start;
		last->n++;
		return 0;
	}
	return VEC_PUSH(&moved->extents, ((struct extent_of){start, count, index, 1}));
}

static const struct space *layer_of(const struct place *place, const struct candidate *candidate,
				    unsigned *depth)
{
	for (unsigned i = place->depth; candidate->space != NULL && i-- > 1;)
		if (place->stack[i].space == candidate->space) {
			*depth = i;
			return candidate->space;
		}
	return NULL;
}

/* `count` sectors of a space, from `at` on, where they lie on the disk. */
static int add_outward(struct moved *moved, size_t row, const struct space *parent, uint64_t at,
		       uint64_t count)
{
	while (count > 0) {
		const struct space *disk = parent;
		uint64_t start = at, run = count;

		if (parent->type != SPACE_DISK && !map_outward(parent, at, &disk, &start, &run))
			start = at;
		if (run > count || run == 0)
			run = count;
		if (add_piece(moved, row, start, run) != 0)
			return -1;
		at += run;
		count -= run;
	}
	return 0;
}

/* Whether the outer layer's own way to the disk is the one that the place took: of a mirror's legs only the
   first is. */
static bool is_straight(const struct space *parent, uint64_t at, uint64_t start)
{
	const struct space *disk;
	uint64_t on, run;

	return parent->type == SPACE_DISK || (map_outward(parent, at, &disk, &on, &run) && on == start);
}

static int move_place(struct moved *moved, size_t row, const struct place *place,
		      const struct candidate *candidate)
{
	unsigned depth;
	const struct space *parent;
	uint64_t outer, before = 0, behind = 0;

	if (layer_of(place, candidate, &depth) == NULL)
		return add_piece(moved, row, place->start, place->count);
	parent = place->stack[depth - 1].space;
	outer = place->stack[depth - 1].start;
	if (candidate->block > 0) {
		uint64_t inner = place->stack[depth].start, end = inner + place->count;

		before = inner % candidate->block;
		behind = end % candidate->block > 0 ? candidate->block - end % candidate->block : 0;
	}
	if (before > outer)
		before = outer;
	if (!is_straight(parent, outer, place->start))
		return add_piece(moved, row, place->start - before + (uint64_t)candidate->shift,
				 place->count + before + behind);
	return add_outward(moved, row, parent, outer - before + (uint64_t)candidate->shift,
			   place->count + before + behind);
}

/* --- regions --- */

static int find_row(struct what_if *what_if, const struct place *place, size_t *row)
{
	const struct space *device = place->space->serves;
	size_t *index = keys_get(&what_if->index, usage_region_key(device, place->kind, false));

	if (index == NULL)
		return -1;
	if (*index == 0) {
		struct what_if_row new = {.device = device,
					  .kind = place->kind,
					  .counts = calloc(what_if->ncandidates, sizeof(*new.counts))};

		if (new.counts == NULL || VEC_PUSH(&what_if->rows, new) != 0) {
			free(new.counts);
			return -1;
		}
		*index = what_if->rows.n;
	}
	*row = *index - 1;
	return 0;
}

/* The access as a candidate has it. */
static int move_access(struct reading *reading, const struct access *access, unsigned candidate)
{
	struct what_if *what_if = reading->what_if;
	uint64_t end = access->start + access->count;
	struct place place;

	reading->moved.pieces.n = reading->moved.extents.n = 0;
	for (uint64_t at = access->start; at < end; at += place.count) {
		size_t row;

		map_find_in(what_if->map, what_if->base, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		if (find_row(what_if, &place, &row) != 0 ||
		    move_place(&reading->moved, row, &place, &what_if->candidates[candidate]) != 0)
			return -1;
	}
	return 0;
}

/* --- counting --- */

/* The piece of an extent that has a sector. */
static size_t row_at(const struct moved *moved, const struct extent_of *extent, uint64_t sector)
{
	size_t found = extent->first;

	for (size_t i = extent->first; i < extent->first + extent->n; i++)
		if (moved->pieces.at[i].start <= sector)
			found = i;
	return moved->pieces.at[found].row;
}

static void count_block(struct what_if *what_if, unsigned candidate, size_t row, uint64_t rest)
{
	struct what_if_counts *of[2] = {&what_if->totals[candidate],
					&what_if->rows.at[row].counts[candidate]};

	for (unsigned i = 0; i < 2; i++) {
		of[i]->partial++;
		of[i]->rest += rest;
	}
}

/* The first block and the last one may be written in part. */
static bool count_extent(struct what_if *what_if, unsigned candidate, const struct moved *moved,
			 const struct extent_of *extent)
{
	uint64_t unit = what_if->unit_sectors, start = extent->start, end = start + extent->count;
	uint64_t first = start / unit * unit, last = (end - 1) / unit * unit;

	if (end > what_if->ends)
		what_if->ends = end;
	if (start % unit == 0 && end % unit == 0)
		return false;
	if (start % unit != 0 || end < first + unit)
		count_block(what_if, candidate, row_at(moved, extent, start),
			    start - first + (end < first + unit ? first + unit - end : 0));
	if (last != first && end % unit != 0)
		count_block(what_if, candidate, row_at(moved, extent, last > start ? last : start),
			    last + unit - end);
	return true;
}

static void count_unaligned(struct what_if *what_if, unsigned candidate, const struct moved *moved)
{
	what_if->totals[candidate].unaligned++;
	for (size_t i = 0; i < moved->pieces.n; i++) {
		struct what_if_row *row = &what_if->rows.at[moved->pieces.at[i].row];

		if (row->seen != what_if->accesses * CANDIDATES_MAX + candidate) {
			row->seen = what_if->accesses * CANDIDATES_MAX + candidate;
			row->counts[candidate].unaligned++;
		}
	}
}

static void count_write(struct what_if *what_if, const struct moved *moved)
{
	what_if->writes++;
	for (size_t i = 0; i < moved->pieces.n; i++) {
		bool first = true;

		for (size_t j = 0; j < i; j++)
			first &= moved->pieces.at[j].row != moved->pieces.at[i].row;
		what_if->rows.at[moved->pieces.at[i].row].writes += first;
	}
}

static int count_access(struct reading *reading, const struct access *access)
{
	struct what_if *what_if = reading->what_if;

	what_if->accesses++;
	if (access->time_ns != ACCESS_NO_TIME &&
	    (what_if->first_ns == ACCESS_NO_TIME || access->time_ns < what_if->first_ns))
		what_if->first_ns = access->time_ns;
	if (access->op != ACCESS_WRITE || access->count == 0)
		return 0;
	for (unsigned c = 0; c < what_if->ncandidates; c++) {
		bool off = false;

		if (move_access(reading, access, c) != 0)
			return -1;
		if (c == 0)
			count_write(what_if, &reading->moved);
		for (size_t i = 0; i < reading->moved.extents.n; i++)
			off |= count_extent(what_if, c, &reading->moved, &reading->moved.extents.at[i]);
		if (off)
			count_unaligned(what_if, c, &reading->moved);
	}
	return 0;
}

/* --- reading --- */

static bool is_wanted(const struct reading *reading, const struct access *access)
{
	const struct what_if *what_if = reading->what_if;

	if (access->window == WINDOW_MARK ||
	    (access->op != ACCESS_FLUSH && access->start >= what_if->base->sectors))
		return false;
	return what_if->all || (reading->marked ? access->window == WINDOW_INSIDE : true);
}

static int reading_begin(struct reading *reading, struct what_if *what_if, struct trace *trace,
			 struct err *err)
{
	int marked;

	memset(reading, 0, sizeof(*reading));
	if (trace_rewind(trace, err) != 0 || (marked = workers_find_mark(trace, 1, err)) < 0 ||
	    trace_rewind(trace, err) != 0)
		return -1;
	reading->what_if = what_if;
	reading->trace = trace;
	reading->marked = marked > 0;
	window_init(&reading->window, trace);
	return 0;
}

static void reading_done(struct reading *reading)
{
	window_done(&reading->window);
	VEC_FREE(&reading->moved.pieces);
	VEC_FREE(&reading->moved.extents);
}

#define BATCH 256

typedef int taker(struct reading *reading, const struct access *access, void *context, struct err *err);

static int read_all(struct reading *reading, taker *take, void *context, struct err *err)
{
	struct access batch[BATCH];
	long got;

	while ((got = window_read(&reading->window, batch, BATCH, err)) > 0)
		for (long i = 0; i < got; i++)
			if (is_wanted(reading, &batch[i]) && take(reading, &batch[i], context, err) != 0)
				return -1;
	return got < 0 ? -1 : 0;
}

static int take_count(struct reading *reading, const struct access *access, void *context, struct err *err)
{
	(void)context;
	return count_access(reading, access) == 0 ? 0 : err_nomem(err);
}

static int compare_rows(const void *left, const void *right)
{
	const struct what_if_row *a = left, *b = right;

	if (a->device->id != b->device->id)
		return a->device->id < b->device->id ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

int what_if_count(struct what_if *what_if, struct trace *trace, struct err *err)
{
	struct reading reading;
	int status;

	what_if->first_ns = ACCESS_NO_TIME;
	if (reading_begin(&reading, what_if, trace, err) != 0)
		return -1;
	status = read_all(&reading, take_count, NULL, err);
	reading_done(&reading);
	keys_free(&what_if->index);
	if (what_if->rows.n > 1)
		qsort(what_if->rows.at, what_if->rows.n, sizeof(*what_if->rows.at), compare_rows);
	for (size_t i = 0; i < what_if->rows.n; i++) {
		const struct what_if_row *row = &what_if->rows.at[i];
		size_t *index = keys_get(&what_if->index, usage_region_key(row->device, row->kind, false));

		if (index == NULL)
			return err_nomem(err);
		*index = i + 1;
	}
	return status;
}

struct telling {
	unsigned candidate;
	what_if_take *take;
	void *context;
};

static int take_tell(struct reading *reading, const struct access *access, void *context, struct err *err)
{
	const struct telling *telling = context;
	struct access moved = *access;

	if (access->op == ACCESS_FLUSH || access->count == 0)
		return telling->take(telling->context, access, err);
	if (move_access(reading, access, telling->candidate) != 0)
		return err_nomem(err);
	for (size_t i = 0; i < reading->moved.extents.n; i++) {
		moved.start = reading->moved.extents.at[i].start;
		moved.count = reading->moved.extents.at[i].count;
		if (telling->take(telling->context, &moved, err) != 0)
			return -1;
	}
	return 0;
}

int what_if_tell(struct what_if *what_if, struct trace *trace, unsigned candidate, what_if_take *take,
		 void *context, struct err *err)
{
	struct telling telling = {candidate, take, context};
	struct reading reading;
	int status;

	if (reading_begin(&reading, what_if, trace, err) != 0)
		return -1;
	status = read_all(&reading, take_tell, &telling, err);
	reading_done(&reading);
	return status;
}

void what_if_done(struct what_if *what_if)
{
	for (unsigned i = 0; i < what_if->ncandidates; i++)
		free((void *)(uintptr_t)what_if->candidates[i].words);
	for (size_t i = 0; i < what_if->rows.n; i++)
		free(what_if->rows.at[i].counts);
	VEC_FREE(&what_if->rows);
	keys_free(&what_if->index);
}
