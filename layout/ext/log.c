/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decoding a jbd2 log.  A block that starts with the magic number is what its header says: the copy of a
   block that starts so is escaped.  Any other block is the copy that the nearest descriptor before it
   tells of, if that descriptor is still there. */
#include "layout/ext/log.h"

#include "base/bytes.h"
#include "base/threads.h"
#include "layout/ext/log_fast.h"
#include "layout/ext/log_ring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES (256u << 10)

struct decoder {
	struct log *log;
	struct log_ring ring;
	uint16_t *copies; /* by block: how many copies follow a descriptor */
	struct fast_area fast;
	unsigned threads;
	log_reader *read;
	void *context;
};

/* A copy belongs to its descriptor unless something newer has been written over it: false then. */
static bool set_copy(struct decoder *d, uint32_t at, uint32_t tid, uint64_t target)
{
	struct log_block *copy = &d->log->blocks[at];

	if (copy->type != LOG_UNUSED && copy->type != LOG_DATA)
		return false;
	*copy = (struct log_block){.type = LOG_DATA, .tid = tid, .has_tid = true, .target = target};
	return true;
}

/* The tags of a descriptor; how many copies follow it. */
static uint16_t read_tags(struct decoder *d, uint32_t at, uint32_t tid, const uint8_t *block)
{
	struct log_tag tag;
	uint32_t copy = at;
	bool intact = true;
	size_t place = 0;
	uint16_t n = 0;

	while (n < d->ring.end - d->ring.first && log_tag_next(&d->ring, block, &place, &tag)) {
		copy = log_ring_next(&d->ring, copy);
		intact = intact && set_copy(d, copy, tid, tag.target);
		n++;
	}
	return n;
}

static enum log_type header_type(uint32_t type)
{
	switch (type) {
	case LOG_HEADER_DESCRIPTOR:
		return LOG_DESCRIPTOR;
	case LOG_HEADER_COMMIT:
		return LOG_COMMIT;
	case LOG_HEADER_REVOKE:
		return LOG_REVOKE;
	default:
		return LOG_UNUSED;
	}
}

static void classify_header(struct decoder *d, uint32_t at, const uint8_t *block)
{
	struct log_block *entry = &d->log->blocks[at];

	if (be32(block) != LOG_MAGIC || header_type(be32(block + 4)) == LOG_UNUSED)
		return;
	*entry = (struct log_block){
	    .type = (uint8_t)header_type(be32(block + 4)),
	    .tid = be32(block + 8),
	    .has_tid = true,
	    .stale = true,
	    .wrong = log_header_is_wrong(&d->ring, be32(block + 4), block),
	};
}

static void visit_fast_commit(struct decoder *d, uint32_t at, const uint8_t *block)
{
	fast_area_block(&d->fast, at, block);
}

typedef void block_visitor(struct decoder *d, uint32_t at, const uint8_t *block);

/* Threads that visit the blocks of a range. */
struct visit {
	struct decoder *d;
	uint32_t to;
	block_visitor *visitor;
	atomic_uint_fast64_t next; /* the first block that nobody has taken */
	atomic_bool short_of_memory;
};

static void visit_some(void *context, unsigned member)
{
	struct visit *visit = context;
	struct decoder *d = visit->d;
	uint32_t most = READ_BYTES / d->ring.block_size, n;
	uint8_t *buf = malloc(READ_BYTES);
	uint64_t at;

	(void)member;
	if (buf == NULL)
		atomic_store(&visit->short_of_memory, true);
	while (buf != NULL && (at = atomic_fetch_add(&visit->next, most)) < visit->to) {
		n = visit->to - at < most ? visit->to - (uint32_t)at : most;
		d->read(d->context, at, n, buf);
		for (uint32_t i = 0; i < n; i++)
			visit->visitor(d, (uint32_t)at + i, buf + (size_t)i * d->ring.block_size);
	}
	free(buf);
}

/* Every block of a range, in large reads; in order, and one after the other, on one thread. */
static int visit(struct decoder *d, uint32_t from, uint32_t to, block_visitor *visitor, unsigned threads,
		 struct err *err)
{
	struct visit visit = {.d = d, .to = to, .visitor = visitor, .next = from};

	threads_run(threads > 0 && from < to ? threads : 1, visit_some, &visit);
	return atomic_load(&visit.short_of_memory) ? err_nomem(err) : 0;
}

/* Reads the descriptors again, in order: a copy's entry is set by the first that tells of it. */
static int read_descriptors(struct decoder *d, struct err *err)
{
	uint8_t *block = malloc(d->ring.block_size);

	if (block == NULL)
		return err_nomem(err);
	for (uint32_t at = d->ring.first; at < d->ring.end; at++) {
		if (d->log->blocks[at].type != LOG_DESCRIPTOR)
			continue;
		d->read(d->context, at, 1, block);
		d->copies[at] = read_tags(d, at, d->log->blocks[at].tid, block);
	}
	free(block);
	return 0;
}

/* Goes the way of a replay: what it meets is not stale.  Ends because it goes round at most once.  Returns
   the transaction that is the first to be missing. */
static uint32_t follow_replay(struct decoder *d)
{
	uint32_t at = d->ring.start, tid = d->ring.sequence, left = d->ring.end - d->ring.first;

	if (at < d->ring.first || at >= d->ring.end)
		return tid;
	while (left > 0) {
		struct log_block *entry = &d->log->blocks[at];
		uint32_t steps = 1;

		if ((entry->type != LOG_DESCRIPTOR && entry->type != LOG_COMMIT &&
		     entry->type != LOG_REVOKE) ||
		    entry->tid != tid)
			break;
		steps += d->copies[at];
		if (entry->type == LOG_COMMIT)
			tid++;
		for (; steps > 0 && left > 0; steps--, left--) {
			d->log->blocks[at].stale = false;
			at = log_ring_next(&d->ring, at);
		}
	}
	return tid;
}

/* Copies are as stale as they are until a replay comes by. */
static void mark_copies_stale(struct decoder *d)
{
	for (uint32_t at = d->ring.first; at < d->ring.end; at++)
		if (d->log->blocks[at].type == LOG_DATA)
			d->log->blocks[at].stale = true;
}

/* Old blocks may be older than the features and the UUID that the journal has now. */
static void forgive_stale(struct decoder *d)
{
	for (uint32_t at = d->ring.first; at < d->ring.end; at++)
		d->log->blocks[at].wrong &= !d->log->blocks[at].stale;
}

static int decode_ring(struct decoder *d, struct err *err)
{
	d->copies = calloc(d->log->nblocks, sizeof(*d->copies));
	if (d->copies == NULL)
		return err_nomem(err);
	if (visit(d, d->ring.first, d->ring.end, classify_header, d->threads, err) != 0 ||
	    read_descriptors(d, err) != 0)
		return -1;
	mark_copies_stale(d);
	d->fast = (struct fast_area){
	    .blocks = d->log->blocks,
	    .block_size = d->ring.block_size,
	    .first = d->ring.end + 1, /* the kernel leaves the block between them alone */
	    .expected = follow_replay(d),
	    .replayed = (d->ring.incompat & LOG_FAST_COMMITS) && d->ring.start != 0,
	};
	forgive_stale(d);
	return visit(d, d->fast.first, d->log->nblocks, visit_fast_commit, 1, err);
}

static int decode_blocks(struct decoder *d, const struct log_shape *shape, struct err *err)
{
	uint8_t *block = malloc(shape->block_size);
	bool good;

	if (block == NULL)
		return err_nomem(err);
	d->read(d->context, shape->superblock, 1, block);
	good = log_ring_read(&d->ring, shape, block, &d->log->unknown);
	if (good)
		d->log->nblocks = d->ring.nblocks;
	good = good && d->log->unknown == 0;
	if (good)
		d->log->blocks[d->ring.superblock] = (struct log_block){
		    .type = LOG_SUPERBLOCK,
		    .wrong = log_super_is_wrong(&d->ring, block),
		};
	free(block);
	d->log->good = good;
	if (!good)
		return 0;
	return decode_ring(d, err);
}

int log_decode(struct log *log, const struct log_shape *shape, log_reader *read, void *context,
	       struct err *err)
{
	struct decoder d = {
	    .log = log,
	    .threads = shape->threads,
	    .read = read,
	    .context = context,
	};
	int result;

	*log = (struct log){.nblocks = shape->nblocks};
	log->blocks = calloc((size_t)shape->nblocks + 1, sizeof(*log->blocks));
	if (log->blocks == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < shape->nblocks; i++)
		log->blocks[i].type = LOG_UNUSED;
	result = shape->superblock < shape->nblocks ? decode_blocks(&d, shape, err) : 0;
	free(d.copies);
	return result;
}

void log_free(struct log *log)
{
	free(log->blocks);
	free(log->listed);
	memset(log, 0, sizeof(*log));
}
