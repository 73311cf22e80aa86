/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decoding a jbd2 log.  A block that starts with the magic number is what its header says: the copy of a
   block that starts so is escaped.  Any other block is the copy that the nearest descriptor before it
   tells of, if that descriptor is still there. */
#include "layout/ext/log.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/threads.h"
#include "layout/ext/log_fast.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAGIC 0xc03b3998
#define READ_BYTES (256u << 10)
#define FAST_BLOCKS_DEFAULT 256
#define RING_BLOCKS_MIN 1024 /* a smaller ring gives no blocks to fast commits */

enum header_type { HEADER_DESCRIPTOR = 1, HEADER_COMMIT, HEADER_SUPER_V1, HEADER_SUPER_V2, HEADER_REVOKE };

enum incompat {
	LOG_REVOKES = 1,
	LOG_64BIT = 2,
	LOG_ASYNC_COMMIT = 4,
	LOG_CSUM_V2 = 8,
	LOG_CSUM_V3 = 16,
	LOG_FAST_COMMITS = 32,
	LOG_KNOWN = 63
};

enum tag_flag { TAG_SAME_UUID = 2, TAG_LAST = 8 };

const char *log_type_name(enum log_type type)
{
	static const char *const names[] = {"superblock", "descriptor",  "data",   "revoke",
					    "commit",     "fast-commit", "unused", "map"};

	return names[type];
}

struct decoder {
	struct log *log;
	uint32_t block_size;
	uint32_t superblock; /* its block */
	bool fast_commits;   /* whether the file system has them */
	uint32_t incompat;
	uint32_t seed;            /* of checksums: that of the journal's UUID */
	uint32_t first, end;      /* the ring: blocks first .. end-1 */
	uint32_t start, sequence; /* where a replay starts; 0 when the log is clean */
	uint16_t *copies;         /* by block: how many copies follow a descriptor */
	struct fast_area fast;
	unsigned threads;
	log_reader *read;
	void *context;
};

/* How many blocks at the end are for fast commits.  When a file system is unmounted, the kernel takes the
   flag out of the journal's superblock, but not their number. */
static uint32_t fast_blocks(const struct decoder *d, const uint8_t *block, uint32_t maxlen)
{
	uint32_t fast = be32(block + 0x54);

	if (!(d->incompat & LOG_FAST_COMMITS) && !d->fast_commits)
		return 0;
	fast = fast == 0 ? FAST_BLOCKS_DEFAULT : fast;
	return fast > maxlen || maxlen - fast < RING_BLOCKS_MIN ? 0 : fast;
}

static bool read_superblock(struct decoder *d, const uint8_t *block)
{
	uint32_t type = be32(block + 4), maxlen = be32(block + 16), fast;

	if (be32(block) != LOG_MAGIC || (type != HEADER_SUPER_V1 && type != HEADER_SUPER_V2) ||
	    be32(block + 12) != d->block_size)
		return false;
	d->incompat = type == HEADER_SUPER_V2 ? be32(block + 40) : 0;
	d->log->unknown = d->incompat & ~(uint32_t)LOG_KNOWN;
	d->seed = crc32c_update(~UINT32_C(0), block + 48, 16);
	d->first = be32(block + 20);
	d->sequence = be32(block + 24);
	d->start = be32(block + 28);
	fast = fast_blocks(d, block, maxlen);
	if (maxlen > d->log->nblocks)
		maxlen = d->log->nblocks;
	if (d->first <= d->superblock || fast > maxlen || d->first >= maxlen - fast)
		return false;
	d->end = maxlen - fast;
	d->log->nblocks = maxlen;
	return true;
}

static uint32_t next_in_ring(const struct decoder *d, uint32_t at)
{
	return at + 1 < d->end ? at + 1 : d->first;
}

static size_t tag_size(const struct decoder *d)
{
	if (d->incompat & LOG_CSUM_V3)
		return 16;
	return 8 + (d->incompat & LOG_CSUM_V2 ? 2 : 0) + (d->incompat & LOG_64BIT ? 4 : 0);
}

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
	size_t size = tag_size(d), tail = d->incompat & (LOG_CSUM_V2 | LOG_CSUM_V3) ? 4 : 0, place = 12;
	uint32_t flags = 0, copy = at;
	bool intact = true;
	uint16_t n = 0;

	while ((flags & TAG_LAST) == 0 && place + size + tail <= d->block_size && n < d->end - d->first) {
		const uint8_t *tag = block + place;
		uint64_t target = be32(tag);

		flags = d->incompat & LOG_CSUM_V3 ? be32(tag + 4) : be16(tag + 6);
		if (d->incompat & LOG_64BIT)
			target |= (uint64_t)be32(tag + 8) << 32;
		copy = next_in_ring(d, copy);
		intact = intact && set_copy(d, copy, tid, target);
		place += size + (flags & TAG_SAME_UUID ? 0 : 16);
		n++;
	}
	return n;
}

static enum log_type header_type(uint32_t type)
{
	switch (type) {
	case HEADER_DESCRIPTOR:
		return LOG_DESCRIPTOR;
	case HEADER_COMMIT:
		return LOG_COMMIT;
	case HEADER_REVOKE:
		return LOG_REVOKE;
	default:
		return LOG_UNUSED;
	}
}

static bool has_checksums(const struct decoder *d)
{
	return (d->incompat & (LOG_CSUM_V2 | LOG_CSUM_V3)) != 0;
}

/* Whether the checksum at `place`, which is zero while it is made, is that of the bytes. */
static bool checksum_fits(uint32_t crc, const uint8_t *bytes, size_t len, size_t place)
{
	static const uint8_t zero[4];

	crc = crc32c_update(crc, bytes, place);
	crc = crc32c_update(crc, zero, 4);
	crc = crc32c_update(crc, bytes + place + 4, len - place - 4);
	return crc == be32(bytes + place);
}

/* Descriptors and revoke blocks end with their checksum, commit blocks have it at byte 16. */
static bool is_wrong(const struct decoder *d, uint32_t type, const uint8_t *block)
{
	return has_checksums(d) &&
	       !checksum_fits(d->seed, block, d->block_size, type == HEADER_COMMIT ? 16 : d->block_size - 4);
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
	    .wrong = is_wrong(d, be32(block + 4), block),
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
	uint32_t most = READ_BYTES / d->block_size, n;
	uint8_t *buf = malloc(READ_BYTES);
	uint64_t at;

	(void)member;
	if (buf == NULL)
		atomic_store(&visit->short_of_memory, true);
	while (buf != NULL && (at = atomic_fetch_add(&visit->next, most)) < visit->to) {
		n = visit->to - at < most ? visit->to - (uint32_t)at : most;
		d->read(d->context, at, n, buf);
		for (uint32_t i = 0; i < n; i++)
			visit->visitor(d, (uint32_t)at + i, buf + (size_t)i * d->block_size);
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
	uint8_t *block = malloc(d->block_size);

	if (block == NULL)
		return err_nomem(err);
	for (uint32_t at = d->first; at < d->end; at++) {
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
	uint32_t at = d->start, tid = d->sequence, left = d->end - d->first;

	if (at < d->first || at >= d->end)
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
			at = next_in_ring(d, at);
		}
	}
	return tid;
}

/* Copies are as stale as they are until a replay comes by. */
static void mark_copies_stale(struct decoder *d)
{
	for (uint32_t at = d->first; at < d->end; at++)
		if (d->log->blocks[at].type == LOG_DATA)
			d->log->blocks[at].stale = true;
}

/* Old blocks may be older than the features and the UUID that the journal has now. */
static void forgive_stale(struct decoder *d)
{
	for (uint32_t at = d->first; at < d->end; at++)
		d->log->blocks[at].wrong &= !d->log->blocks[at].stale;
}

static int decode_ring(struct decoder *d, struct err *err)
{
	d->copies = calloc(d->log->nblocks, sizeof(*d->copies));
	if (d->copies == NULL)
		return err_nomem(err);
	if (visit(d, d->first, d->end, classify_header, d->threads, err) != 0 ||
	    read_descriptors(d, err) != 0)
		return -1;
	mark_copies_stale(d);
	d->fast = (struct fast_area){
	    .blocks = d->log->blocks,
	    .block_size = d->block_size,
	    .first = d->end + 1, /* the kernel leaves the block between them alone */
	    .expected = follow_replay(d),
	    .replayed = (d->incompat & LOG_FAST_COMMITS) && d->start != 0,
	};
	forgive_stale(d);
	return visit(d, d->fast.first, d->log->nblocks, visit_fast_commit, 1, err);
}

static int decode_blocks(struct decoder *d, struct err *err)
{
	uint8_t *block = malloc(d->block_size);
	bool good;

	if (block == NULL)
		return err_nomem(err);
	d->read(d->context, d->superblock, 1, block);
	good = read_superblock(d, block) && d->log->unknown == 0;
	if (good)
		d->log->blocks[d->superblock] = (struct log_block){
		    .type = LOG_SUPERBLOCK,
		    .wrong = has_checksums(d) && !checksum_fits(~UINT32_C(0), block, 1024, 0xfc),
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
	    .block_size = shape->block_size,
	    .superblock = shape->superblock,
	    .threads = shape->threads,
	    .fast_commits = shape->fast_commits,
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
	result = shape->superblock < shape->nblocks ? decode_blocks(&d, err) : 0;
	free(d.copies);
	return result;
}

void log_free(struct log *log)
{
	free(log->blocks);
	free(log->listed);
	memset(log, 0, sizeof(*log));
}
