/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A display filter: which pieces of which accesses are wanted.

     region.kind == "journal" && io.latency > 5ms
     file.path matches "^/var/" and not io.aligned
     io.time in 1.0..2.5
     io.op in {write, discard}

   A test of something that a piece has not is false, that with != too; a field alone asks whether the piece
   has it (a flag: whether it is true).  A word alone is looked for in device, kind, type of file system and
   path.  A filter is constant and may be shared by threads, each of which has a struct filter_run. */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "query/field.h"

#include <stdbool.h>
#include <stdint.h>

#define FILTER_LEN_MAX 65536

struct filter;

/* 0, or -1 with *at, the byte of the text that is wrong. */
int filter_open(struct filter **filter, const char *text, size_t *at, struct err *err);
void filter_close(struct filter *filter);

/* As it was given. */
const char *filter_text(const struct filter *filter);

/* The operations (1 << enum access_op) that its tests name, as in io.op == read; 0 for none. */
unsigned filter_ops(const struct filter *filter);

/* The dearest of its tests. */
enum field_source filter_source(const struct filter *filter);

/* What is known of an access before its pieces are looked at: the number of the test that asks for more of
   them, or one of these. */
typedef uint16_t filter_verdict;
#define FILTER_PASSES ((filter_verdict)UINT16_MAX)
#define FILTER_FAILS ((filter_verdict)(UINT16_MAX - 1))

static inline bool filter_is_decided(filter_verdict verdict)
{
	return verdict >= FILTER_FAILS;
}

struct filter_run {
	const struct filter *filter;
	struct piece *piece; /* that filter_piece is asked of; its access and place are the caller's to set */
	struct pattern_room *room; /* for patterns */
	uint64_t unit_sectors;     /* of alignment */
	bool gave_up;              /* a pattern took too long, so something may be missing */
};

/* 0, or -1 without memory; filter_run_done also after that.  Without a filter (NULL) all pass. */
int filter_run_init(struct filter_run *run, const struct filter *filter, const struct trace *trace,
		    const struct map *map, uint64_t unit_sectors);
void filter_run_done(struct filter_run *run);

/* Some accesses as they lie on the disk, of which the first has that index; at most FILTER_TOGETHER. */
#define FILTER_TOGETHER 64
void filter_accesses(struct filter_run *run, const struct access *const *accesses, unsigned n, uint64_t index,
		     filter_verdict *verdicts);

/* For who looks up many accesses of which only device and kind are known at first: the verdict of all accesses that the
   filter does not fail on their own.  False where there are several, or where accesses matter once more behind it. */
bool filter_one_verdict(const struct filter *filter, filter_verdict *verdict);

/* What device and kind of run->piece's place say: passes, fails, or the test that asks for more. */
filter_verdict filter_by_kind(struct filter_run *run, filter_verdict verdict);

/* Whether run->piece passes, from the verdict on its access on. */
bool filter_piece(struct filter_run *run, filter_verdict verdict);

#endif
