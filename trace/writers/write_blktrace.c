/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blktrace's binary records, version 7, little-endian, as one CPU would have left them (the kernel's
   include/uapi/linux/blktrace_api.h): a request is queued and issued, and completed where its latency is known; a
   process is named before its first request.  Records stand in the order of their times, so
   completions wait in a heap until the requests have passed them.

   A place has 64 bits of sectors, a length 32 bits of bytes; flushes have no length. */
#include "trace/formats/table.h"
#include "trace/recorded.h"
#include "trace/writers/writers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_V7 0x65617407u
#define RECORD_BYTES 48
#define COMM_BYTES 16
#define ANY_DISK (8u << 20) /* 8,0, for a device that is not called MAJOR,MINOR */
#define EIO_NUMBER 5

enum {
	CAT_READ = 1 << 0,
	CAT_WRITE = 1 << 1,
	CAT_FLUSH = 1 << 2,
	CAT_SYNC = 1 << 3,
	CAT_QUEUE = 1 << 4,
	CAT_ISSUE = 1 << 6,
	CAT_COMPLETE = 1 << 7,
	CAT_NOTIFY = 1 << 10,
	CAT_AHEAD = 1 << 11,
	CAT_META = 1 << 12,
	CAT_DISCARD = 1 << 13,
	CAT_FUA = 1 << 15,
};
enum { ACT_PROCESS = 0, ACT_QUEUE = 1, ACT_MESSAGE = 2, ACT_ISSUE = 7, ACT_COMPLETE = 8 };

struct record {
	uint64_t time, sector, order; /* order: among completions of the same time */
	uint32_t bytes, category, act, pid;
	uint16_t error;
};

struct blktrace {
	VEC(struct record) waiting; /* completions: a heap by time */
	struct table comms;         /* by process, as it was last named */
	uint64_t time, completions;
	uint32_t sequence, device;
	bool named;
};

static void put(uint8_t *at, uint64_t value, size_t len)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void add_record(struct writer *writer, const struct record *record, const char *comm)
{
	struct blktrace *state = writer->state;
	uint8_t p[RECORD_BYTES + COMM_BYTES] = {0};

	put(p, MAGIC_V7, 4);
	put(p + 4, comm ? 0 : ++state->sequence, 4);
	put(p + 8, record->time, 8);
	put(p + 16, record->sector, 8);
	put(p + 24, record->bytes, 4);
	put(p + 28, record->category << 16 | record->act, 4);
	put(p + 32, record->pid, 4);
	put(p + 36, comm ? 0 : state->device, 4);
	put(p + 44, record->error, 2);
	put(p + 46, comm ? COMM_BYTES : 0, 2);
	if (comm != NULL)
		memcpy(p + RECORD_BYTES, comm, strnlen(comm, COMM_BYTES - 1));
	text_add(&writer->out, (const char *)p, comm ? sizeof(p) : RECORD_BYTES);
}

/* A message, which blkparse shows as it is. */
static void add_message(struct writer *writer, const struct text *message)
{
	const struct blktrace *state = writer->state;
	uint8_t p[RECORD_BYTES] = {0};

	put(p, MAGIC_V7, 4);
	put(p + 8, writer->facts.first_ns > 0 ? (uint64_t)writer->facts.first_ns : 0, 8);
	put(p + 28, (uint32_t)CAT_NOTIFY << 16 | ACT_MESSAGE, 4);
	put(p + 36, state->device, 4);
	put(p + 46, message->n, 2);
	text_add(&writer->out, (const char *)p, sizeof(p));
	text_add(&writer->out, message->at, message->n);
}

/* What is known of the disk, a message a word (trace/recorded.h). */
static void add_recorded(struct writer *writer)
{
	const struct trace_facts *facts = &writer->facts;
	struct text message = {0};

	if (facts->identity.n > 0 && !facts->least) {
		text_printf(&message, RECORDED_SIGN "sectors=%" PRIu64, facts->sectors);
		add_message(writer, &message);
	}
	for (unsigned i = 0; i < facts->identity.n; i++) {
		text_clear(&message);
		text_printf(&message, RECORDED_SIGN "identity=%s", facts->identity.words[i]);
		add_message(writer, &message);
	}
	if (facts->blind != 0) {
		text_clear(&message);
		text_str(&message, RECORDED_SIGN "blind=");
		recorded_blind_words(&message, facts->blind);
		add_message(writer, &message);
	}
	writer->out.short_of_memory |= message.short_of_memory;
	text_free(&message);
}

static int blktrace_begin(struct writer *writer, struct err *err)
{
	struct blktrace *state = calloc(1, sizeof(*state));
	const char *device = writer->facts.device;
	unsigned major, minor;
	char rest;

	writer->state = state;
	if (state == NULL)
		return err_nomem(err);
	state->named = device != NULL && sscanf(device, "%u,%u%c", &major, &minor, &rest) == 2 &&
		       major < 1 << 12 && minor < 1 << 20;
	state->device = state->named ? major << 20 | minor : ANY_DISK;
	add_recorded(writer);
	return 0;
}

static bool before(const struct record *a, const struct record *b)
{
	return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static int heap_put(struct blktrace *state, const struct record *record, struct err *err)
{
	size_t at = state->waiting.n;
	struct record *heap;

	if (VEC_PUSH(&state->waiting, *record) != 0)
		return err_nomem(err);
	heap = state->waiting.at;
	for (; at > 0 && before(record, &heap[(at - 1) / 2]); at = (at - 1) / 2)
		heap[at] = heap[(at - 1) / 2];
	heap[at] = *record;
	return 0;
}

static struct record heap_take(struct blktrace *state)
{
	struct record *heap = state->waiting.at, first = heap[0], moved = heap[--state->waiting.n];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < state->waiting.n) {
		if (child + 1 < state->waiting.n && before(&heap[child + 1], &heap[child]))
			child++;
		if (!before(&heap[child], &moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
	return first;
}

/* Writes the completions that come before a time. */
static void complete_until(struct writer *writer, uint64_t time)
{
	struct blktrace *state = writer->state;

	while (state->waiting.n > 0 && state->waiting.at[0].time < time) {
		struct record done = heap_take(state);

		add_record(writer, &done, NULL);
	}
}

static uint32_t category_of(const struct access *access)
{
	static const uint32_t ops[ACCESS_OPS] = {CAT_READ, CAT_WRITE, CAT_WRITE | CAT_DISCARD, CAT_WRITE,
						 CAT_READ | CAT_FLUSH};
	static const struct {
		enum access_flag flag;
		uint32_t category;
	} flags[] = {{ACCESS_FUA, CAT_FUA},
		     {ACCESS_SYNC, CAT_SYNC},
		     {ACCESS_META, CAT_META},
		     {ACCESS_AHEAD, CAT_AHEAD},
		     {ACCESS_PREFLUSH, CAT_FLUSH}};
	uint32_t category = ops[access->op];

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (access->flags & flags[i].flag)
			category |= flags[i].category;
	return category;
}

/* Names the access's process where it is not called so yet. */
static int name_process(struct writer *writer, const struct access *access, struct err *err)
{
	struct blktrace *state = writer->state;
	const char *comm = writer_comm(writer, access);
	struct record record = {.time = state->time, .category = CAT_NOTIFY, .act = ACT_PROCESS};
	uint64_t known = 0;

	if (access->comm != 0 && (access->pid == ACCESS_NO_PID || strlen(comm) >= COMM_BYTES))
		writer->lost[LOSS_COMM_SHORT]++;
	if (access->pid == ACCESS_NO_PID)
		return 0;
	table_get(&state->comms, access->pid, &known);
	if (known == access->comm)
		return 0;
	record.pid = access->pid;
	add_record(writer, &record, comm);
	return table_put(&state->comms, access->pid, access->comm, err);
}

static void take_time(struct writer *writer, const struct access *access)
{
	struct blktrace *state = writer->state;
	int64_t first = writer->facts.first_ns;

	if (access->time_ns == ACCESS_NO_TIME) {
		writer->lost[LOSS_NO_TIME]++;
		state->time++;
		return;
	}
	/* Times before the epoch are counted from the first of them. */
	state->time = (uint64_t)access->time_ns - (first < 0 ? (uint64_t)first : 0);
}

static int add_piece(struct writer *writer, const struct access *access, uint64_t at, uint64_t sectors,
		     struct err *err)
{
	struct blktrace *state = writer->state;
	struct record record = {
	    .time = state->time,
	    .sector = at,
	    .bytes = (uint32_t)(sectors * 512),
	    .category = category_of(access) | CAT_QUEUE,
	    .act = ACT_QUEUE,
	    .pid = access->pid,
	};

	/* btt and iowatcher want to know when a request came; that it waited is not known. */
	add_record(writer, &record, NULL);
	record.category = category_of(access) | CAT_ISSUE;
	record.act = ACT_ISSUE;
	add_record(writer, &record, NULL);
	if (access->latency_ns < 0)
		return 0;
	record.time += (uint64_t)access->latency_ns;
	record.order = state->completions++;
	record.category = category_of(access) | CAT_COMPLETE;
	record.act = ACT_COMPLETE;
	record.error = access->flags & ACCESS_FAILED ? EIO_NUMBER : 0;
	return heap_put(state, &record, err);
}

static void count_losses(struct writer *writer, const struct access *access)
{
	const struct blktrace *state = writer->state;
	unsigned lost = ACCESS_RAGGED | (access->latency_ns < 0 ? ACCESS_FAILED : 0);

	writer->lost[LOSS_ZERO] += access->op == ACCESS_ZERO;
	writer->lost[LOSS_FLAGS] += (access->flags & lost) != 0;
	writer->lost[LOSS_DEVICE] += !state->named && writer->facts.device != NULL;
}

static int blktrace_access(struct writer *writer, const struct access *access, struct err *err)
{
	struct blktrace *state = writer->state;
	uint64_t at = access->start, left = access->count;

	if (writer_check_pieces(writer, access, err) != 0)
		return -1;
	take_time(writer, access);
	count_losses(writer, access);
	complete_until(writer, state->time);
	if (name_process(writer, access, err) != 0)
		return -1;
	do {
		uint64_t piece = left < WRITER_PIECE_SECTORS ? left : WRITER_PIECE_SECTORS;

		if (add_piece(writer, access, at, piece, err) != 0)
			return -1;
		at += piece;
		left -= piece;
	} while (left > 0);
	return 0;
}

static int blktrace_end(struct writer *writer, struct err *err)
{
	(void)err;
	complete_until(writer, UINT64_MAX);
	return 0;
}

static void blktrace_close(struct writer *writer)
{
	struct blktrace *state = writer->state;

	if (state == NULL)
		return;
	VEC_FREE(&state->waiting);
	table_done(&state->comms);
	free(state);
}

const struct writer_format writer_blktrace = {
    .name = "blktrace",
    .extension = ".blktrace",
    .help = "blktrace's binary records, version 7, which blkparse -i - reads (also FILE.blktrace.0)",
    .begin = blktrace_begin,
    .access = blktrace_access,
    .end = blktrace_end,
    .close = blktrace_close,
};
