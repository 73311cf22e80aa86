/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which transaction was running at each access: the clock of every file system whose log tells of the time
   before the image (layout/history.h).  The trace is read once for the writes to logs.  Going backwards from
   the last one, they are held against the log's transactions: between two commit blocks exactly the blocks of
   one transaction are written.  So it is found out, too, when the image was taken: at the trace's end, later
   (the log holds transactions that the trace never wrote) or before (the trace goes on behind the log's
   end). */
#ifndef ANALYZER_CLOCK_H
#define ANALYZER_CLOCK_H

#include "base/err.h"
#include "layout/fs.h"
#include "layout/map.h"
#include "trace/trace.h"

struct clock_log {
	struct history *history;
	uint32_t *running; /* by moment */
	bool *writing;
	uint8_t *written; /* as in struct history */
	uint64_t blocks;  /* for so many */
};

/* A bit for each 2^shift sectors of the disk. */
struct clock_bits {
	uint8_t *at;
	uint64_t n;
	unsigned shift;
};

static inline bool clock_bits_hit(const struct clock_bits *bits, const struct access *access)
{
	uint64_t from = access->start >> bits->shift, to = access->start + access->count;

	to = access->count > 0 ? (to - 1) >> bits->shift : from;
	for (; from <= to && from < bits->n; from++)
		if (bits->at[from >> 3] >> (from & 7) & 1)
			return true;
	return false;
}

struct clock {
	struct trace *trace;
	VEC(uint64_t) moments; /* numbers of accesses: behind each of them another moment begins */
	VEC(struct clock_log) logs;
	struct clock_bits look; /* labels there may change; without bits: everywhere */
	bool *odd;              /* by moment: whether labels are uncertain wherever they are */
	uint32_t first, last;   /* transactions that ran, where one log has a clock; else 0 */
};

/* Whether the labels of some sectors of the disk may be others than the map's, or uncertain. */
static inline bool clock_looks(const struct clock *clock, const struct access *access)
{
	if (clock == NULL || clock->logs.n == 0)
		return false;
	return clock->look.at == NULL || clock->odd[access->moment] || access->count == 0 ||
	       clock_bits_hit(&clock->look, access);
}

/* Reads the trace with so many threads and starts again; gives it its moments, and the map's histories what
   ran in each.  Nothing happens where no log has a history.  `base` is what the trace's sectors count from.
   0 or -1; clock_done also after that. */
int clock_find(struct clock *clock, struct trace *trace, const struct map *map, const struct space *base,
	       unsigned threads, struct err *err);

/* Labels are the image's again. */
void clock_done(struct clock *clock);

/* A write to the log in the order of the trace. */
struct log_write {
	uint64_t access;    /* its number in the trace */
	uint32_t at, count; /* blocks of the log */
};

/* From the access behind `access` on (0 and `first`: from the start), `running` is what history->running
   says. */
struct clock_step {
	uint64_t access;
	uint32_t running;
	bool first;
	bool writing; /* it is being written to the log, so others may have joined the next one */
};

struct clock_steps {
	VEC(struct clock_step) at;
};

/* Whether a space has a file system whose log tells of the time before. */
static inline bool clock_has_history(const struct space *space)
{
	return space->fs != NULL && space->fs->history != NULL;
}

/* Whether all sectors of such file systems lie in one place of the disk each; only then there are bits
   (clock_bits.c). */
bool clock_is_plain(const struct map *map);

/* Finds where labels may change, when the logs are known, and where writes are of interest: to logs, and to what
   is free in the image.  0, or -1 without memory. */
int clock_find_looks(struct clock *clock, const struct map *map);
int clock_find_watched(struct clock_bits *watched, const struct map *map);

/* The clock of one log: 0, or -1 without memory (clock_match.c). */
int clock_match(const struct history *history, const struct log_write *writes, size_t n,
		struct clock_steps *steps);

#endif
