/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records are taken from what the input shows, many at a time. */
#include "trace/formats/blktrace_file.h"

#include "base/bytes.h"
#include "trace/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAGIC 0x65617400u
#define V7_BYTES 48u
#define V8_BYTES 64u

uint8_t blktrace_version(const uint8_t *p, bool *big)
{
	*big = (be32(p) & ~0xffu) == MAGIC;
	if (*big || (le32(p) & ~0xffu) == MAGIC)
		return (uint8_t)(*big ? be32(p) : le32(p));
	return 0;
}

static inline void load_action(struct blktrace_record *r, uint64_t action)
{
	r->act = (uint32_t)(action & 0xffff) & ~(uint32_t)ACT_CGROUP;
	r->category = action >> 16;
}

/* The fields of a record; `version` and `big` are constants where this is inlined. */
static inline void load_fields(struct blktrace_record *r, uint8_t version, const uint8_t *p, bool big)
{
	const uint8_t *rest = version == 7 ? p + 36 : p + 40;

	r->sequence = big ? be32(p + 4) : le32(p + 4);
	r->time = big ? be64(p + 8) : le64(p + 8);
	r->sector = big ? be64(p + 16) : le64(p + 16);
	r->bytes = big ? be32(p + 24) : le32(p + 24);
	if (version == 7) {
		load_action(r, big ? be32(p + 28) : le32(p + 28));
		r->pid = big ? be32(p + 32) : le32(p + 32);
	} else {
		r->pid = big ? be32(p + 28) : le32(p + 28);
		load_action(r, big ? be64(p + 32) : le64(p + 32));
	}
	r->device = big ? be32(rest) : le32(rest);
	r->cpu = big ? be32(rest + 4) : le32(rest + 4);
	r->error = big ? be16(rest + 8) : le16(rest + 8);
	r->pdu_len = big ? be16(rest + 10) : le16(rest + 10);
}

static void load(struct blktrace_file *file, const uint8_t *p)
{
	struct blktrace_record *r = &file->record;

	if (file->version == 7 && !file->big_endian)
		load_fields(r, 7, p, false);
	else if (file->version == 7)
		load_fields(r, 7, p, true);
	else if (!file->big_endian)
		load_fields(r, 8, p, false);
	else
		load_fields(r, 8, p, true);
}

int blktrace_bad(const struct blktrace_file *file, const char *what, struct err *err)
{
	uint64_t at = input_offset(file->input) + (uint64_t)(file->at - file->shown);

	err_set(err, "byte %" PRIu64 ": %s", at, what);
	return file->many ? err_prefix(err, "%s: ", file->path) : -1;
}

/* Checks the magic number of a record. */
static int check_magic(struct blktrace_file *file, struct err *err)
{
	uint32_t magic;
	char what[128];

	memcpy(&magic, file->at, sizeof(magic));
	if (magic == file->magic && file->version != 0)
		return 0;
	file->magic = magic;
	file->version = blktrace_version(file->at, &file->big_endian);
	if (file->version == 7 || file->version == 8)
		return 0;
	file->magic = 0;
	if (file->version != 0)
		snprintf(what, sizeof(what), "a blktrace record of version %u; 7 and 8 are known",
			 file->version);
	else
		snprintf(what, sizeof(what), "expected a blktrace record (magic 0x656174xx), found 0x%08x",
			 le32(file->at));
	return blktrace_bad(file, what, err);
}

static int cut_off(const struct blktrace_file *file, size_t have, size_t want, struct err *err)
{
	char what[128];

	snprintf(what, sizeof(what), "cut off, the last record has %zu of its %zu bytes", have, want);
	return blktrace_bad(file, what, err);
}

static size_t left(const struct blktrace_file *file)
{
	return (size_t)(file->end - file->at);
}

/* Makes the input show as much as it can from the next record on. */
static int show(struct blktrace_file *file, struct err *err)
{
	long len;

	input_consume(file->input, (size_t)(file->at - file->shown));
	len = input_peek(file->input, &file->shown, INPUT_PEEK, err);
	file->at = file->shown;
	file->end = file->shown + (len > 0 ? len : 0);
	return len < 0 ? -1 : 0;
}

/* What follows the record that has been loaded. */
static int take_pdu(struct blktrace_file *file, size_t size, struct err *err)
{
	size_t len = file->record.pdu_len, want = size + len;

	if (want > INPUT_PEEK)
		return blktrace_bad(file, "a record of more than 64 KiB", err);
	if (left(file) < want && show(file, err) != 0)
		return -1;
	if (left(file) < want)
		return cut_off(file, left(file), want, err);
	memcpy(file->pdu, file->at + size, len < sizeof(file->pdu) ? len : sizeof(file->pdu));
	return 0;
}

int blktrace_advance(struct blktrace_file *file, struct err *err)
{
	size_t size;

	if (left(file) < V8_BYTES && show(file, err) != 0)
		return -1;
	if (left(file) == 0)
		return 0;
	if (left(file) < 4)
		return cut_off(file, left(file), V7_BYTES, err);
	if (check_magic(file, err) != 0)
		return -1;
	size = file->version == 7 ? V7_BYTES : V8_BYTES;
	if (left(file) < size)
		return cut_off(file, left(file), size, err);
	load(file, file->at);
	if (file->record.pdu_len > 0 && take_pdu(file, size, err) != 0)
		return -1;
	file->at += size + file->record.pdu_len;
	return 1;
}

int blktrace_stage(const struct blktrace_record *r)
{
	switch (r->act) {
	case ACT_QUEUE:
		return STAGE_QUEUE;
	case ACT_ISSUE:
		return STAGE_ISSUE;
	case ACT_COMPLETE:
		return STAGE_COMPLETE;
	case ACT_REQUEUE:
		return STAGE_REQUEUE;
	default:
		return -1;
	}
}

char blktrace_zone(const struct blktrace_record *r)
{
	return (r->category & CAT_ZONE_FINISH) != 0  ? 'F'
	       : (r->category & CAT_ZONE_OPEN) != 0  ? 'O'
	       : (r->category & CAT_ZONE_CLOSE) != 0 ? 'C'
						     : 0;
}

bool blktrace_op(const struct blktrace_record *r, struct access *access)
{
	bool reset = (r->category & CAT_ZONE_RESET) != 0;
	bool flush = r->bytes == 0 && (r->category & CAT_FLUSH) != 0 && !reset;

	if ((r->category & CAT_PC) != 0 || blktrace_zone(r) != 0 || (r->bytes == 0 && !flush && !reset))
		return false;
	if (reset)
		access->op = ACCESS_DISCARD;
	else if ((r->category & CAT_ZONE_APPEND) != 0)
		access->op = ACCESS_WRITE;
	else if (flush)
		access->op = ACCESS_FLUSH;
	else if ((r->category & CAT_DISCARD) != 0)
		access->op = ACCESS_DISCARD;
	else if ((r->category & CAT_WRITE_ZEROES) != 0)
		access->op = ACCESS_ZERO;
	else
		access->op = (r->category & CAT_WRITE) != 0 ? ACCESS_WRITE : ACCESS_READ;
	access->flags = (uint16_t)(((r->category & CAT_FUA) != 0 ? ACCESS_FUA : 0) |
				   ((r->category & CAT_SYNC) != 0 ? ACCESS_SYNC : 0) |
				   ((r->category & CAT_META) != 0 ? ACCESS_META : 0) |
				   ((r->category & CAT_AHEAD) != 0 ? ACCESS_AHEAD : 0) |
				   ((r->category & CAT_FLUSH) != 0 && !flush ? ACCESS_PREFLUSH : 0) |
				   ((r->category & CAT_ZONE_APPEND) != 0 ? ACCESS_APPEND : 0) |
				   (reset ? ACCESS_RESET | ACCESS_UNCERTAIN : 0) |
				   (r->act == ACT_COMPLETE && r->error != 0 ? ACCESS_FAILED : 0));
	return true;
}
