/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log device of dm-log-writes and of QEMU's blklogwrites (the kernel's
   Documentation/admin-guide/device-mapper/log-writes.rst and drivers/md/dm-log-writes.c; QEMU's
   block/blklogwrites.c).  Little-endian: a super block, then entries of one sector each, a write's
   followed by its data.  The sector size is the log's own.  Writes only, in the order of their
   completion, without times; marks have a text. */
#include "base/bytes.h"
#include "base/size.h"
#include "trace/formats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAGIC UINT64_C(0x6a736677736872)
#define LOG_VERSION 1
#define SUPER_BYTES 28
#define ENTRY_BYTES 32
#define SECTOR_MAX 65536

enum {
	ENTRY_FLUSH = 1,
	ENTRY_FUA = 2,
	ENTRY_DISCARD = 4,
	ENTRY_MARK = 8,
	ENTRY_METADATA = 16,
	ENTRY_KNOWN = 31
};

struct logwrites {
	uint64_t entries; /* in the log, by its super block */
	uint64_t entry;   /* the next, from 0 */
	uint64_t accesses;
	uint32_t sector_bytes;
	bool told;
	uint8_t sector[SECTOR_MAX];
};

static bool logwrites_probe(const uint8_t *bytes, size_t len)
{
	return len >= 8 && le64(bytes) == LOG_MAGIC;
}

static void logwrites_close(struct trace *trace)
{
	free(trace->state);
}

static int load_super(struct logwrites *log, const uint8_t *p, struct err *err)
{
	if (le64(p) != LOG_MAGIC)
		return err_set(
		    err, "byte 0: expected a log-writes super block (magic 0x%" PRIx64 "), found 0x%" PRIx64,
		    LOG_MAGIC, le64(p));
	if (le64(p + 8) != LOG_VERSION)
		return err_set(err, "byte 8: a log of version %" PRIu64 "; 1 is known", le64(p + 8));
	log->entries = le64(p + 16);
	log->sector_bytes = le32(p + 24);
	if (log->sector_bytes < SECTOR_SIZE || log->sector_bytes > SECTOR_MAX ||
	    (log->sector_bytes & (log->sector_bytes - 1)) != 0)
		return err_set(
		    err, "byte 24: a sector size of %" PRIu32 " bytes, expected a power of 2 from 512 to %d",
		    log->sector_bytes, SECTOR_MAX);
	return 0;
}

static int logwrites_open(struct trace *trace, struct err *err)
{
	struct logwrites *log = calloc(1, sizeof(*log));
	const uint8_t *p;
	long len;

	trace->state = log;
	trace->single = true;
	trace->blind = 1u << ACCESS_READ;
	if (log == NULL)
		return err_nomem(err);
	len = input_peek(trace->input, &p, SUPER_BYTES, err);
	if (len < 0)
		return -1;
	if (len < SUPER_BYTES)
		return err_set(err, "byte %ld: cut off, the super block has %d bytes", len, SUPER_BYTES);
	if (load_super(log, p, err) != 0)
		return -1;
	len = input_read(trace->input, log->sector, log->sector_bytes, err);
	if (len >= 0 && len < (long)log->sector_bytes)
		return err_set(err, "byte %ld: cut off in the super block's sector", len);
	return len < 0 ? -1 : 0;
}

static int cut_off(const struct trace *trace, const struct logwrites *log, struct err *err)
{
	return err_set(err, "byte %" PRIu64 ": cut off in entry %" PRIu64 " of %" PRIu64,
		       input_offset(trace->input), log->entry + 1, log->entries);
}

/* Passes over the data of an entry. */
static int skip_data(struct trace *trace, const struct logwrites *log, uint64_t bytes, struct err *err)
{
	int64_t passed = input_skip(trace->input, bytes, err);

	if (passed < 0)
		return -1;
	return (uint64_t)passed == bytes ? 0 : cut_off(trace, log, err);
}

static int take_mark(struct trace *trace, const struct logwrites *log, struct err *err)
{
	uint64_t len = le64(log->sector + 24);
	const char *text = (const char *)log->sector + ENTRY_BYTES;

	if (len > log->sector_bytes - ENTRY_BYTES)
		len = log->sector_bytes - ENTRY_BYTES;
	return trace_mark(trace, log->accesses, text, strnlen(text, len), err);
}

static int take_write(struct trace *trace, struct logwrites *log, uint64_t at, struct access *access,
		      struct err *err)
{
	uint64_t start = le64(log->sector), count = le64(log->sector + 8), flags = le64(log->sector + 16);
	uint64_t scale = log->sector_bytes / SECTOR_SIZE;

	if (start > ACCESS_SECTORS_MAX / scale || count > ACCESS_SECTORS_MAX / scale ||
	    !access_set_sectors(access, start * scale, count * scale))
		return err_set(err,
			       "byte %" PRIu64 ": entry %" PRIu64 " writes %" PRIu64 "+%" PRIu64
			       " sectors of %" PRIu32 " bytes, beyond 2^63 bytes",
			       at, log->entry + 1, start, count, log->sector_bytes);
	if (count == 0 && (flags & (ENTRY_FLUSH | ENTRY_FUA)) == 0)
		return 0;
	access->op = (flags & ENTRY_DISCARD) != 0 ? ACCESS_DISCARD : count == 0 ? ACCESS_FLUSH : ACCESS_WRITE;
	if (count == 0)
		access->start = 0;
	access->flags = (uint16_t)(((flags & ENTRY_FUA) != 0 ? ACCESS_FUA : 0) |
				   ((flags & ENTRY_METADATA) != 0 ? ACCESS_META : 0) |
				   ((flags & ENTRY_FLUSH) != 0 && count != 0 ? ACCESS_PREFLUSH : 0));
	if ((flags & ENTRY_DISCARD) == 0 && skip_data(trace, log, count * log->sector_bytes, err) != 0)
		return -1;
	return 1;
}

/* The next entry: 1 when it is an access, 0 when not, -1 on an error. */
static int take_entry(struct trace *trace, struct logwrites *log, struct access *access, struct err *err)
{
	uint64_t at = input_offset(trace->input), flags;
	long len = input_read(trace->input, log->sector, log->sector_bytes, err);

	if (len < 0)
		return -1;
	if (len < (long)log->sector_bytes)
		return cut_off(trace, log, err);
	flags = le64(log->sector + 16);
	if ((flags & ~(uint64_t)ENTRY_KNOWN) != 0)
		return err_set(err,
			       "byte %" PRIu64 ": entry %" PRIu64 " has flags 0x%" PRIx64
			       ", of which 0x%" PRIx64 " are unknown",
			       at, log->entry + 1, flags, flags & ~(uint64_t)ENTRY_KNOWN);
	if ((flags & ENTRY_MARK) != 0)
		return take_mark(trace, log, err);
	return take_write(trace, log, at, access, err);
}

/* The super block is only written now and then: what stands behind its last entry may be more. */
static int tell_rest(struct trace *trace, struct logwrites *log, struct err *err)
{
	const uint8_t *p;
	long len = log->told ? 0 : input_peek(trace->input, &p, ENTRY_BYTES, err);

	log->told = true;
	if (len < 0)
		return -1;
	if (len < ENTRY_BYTES || bytes_all_zero(p, ENTRY_BYTES) || le64(p + 16) > ENTRY_KNOWN)
		return 0;
	return trace_note(trace, err,
			  "behind the %" PRIu64 " entries that the log's super block counts there may be "
			  "more, of an older log or since the last flush",
			  log->entries);
}

static long logwrites_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct logwrites *log = trace->state;
	size_t done = 0;

	for (; done < n && log->entry < log->entries; log->entry++) {
		int got;

		batch[done] = access_blank();
		got = take_entry(trace, log, &batch[done], err);
		if (got < 0)
			return -1;
		done += (size_t)got;
		log->accesses += (uint64_t)got;
	}
	return done == 0 && tell_rest(trace, log, err) != 0 ? -1 : (long)done;
}

const struct trace_format format_logwrites = {
    .name = "logwrites",
    .help = "the log device of dm-log-writes or of QEMU's blklogwrites",
    .sign = "it starts with the super block of a log-writes log",
    .probe = logwrites_probe,
    .open = logwrites_open,
    .read = logwrites_read,
    .close = logwrites_close,
};
