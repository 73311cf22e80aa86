/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Blktrace's events.  Each CPU has a file of its own, in order of time; here they are merged.  A stream of
   all CPUs (blktrace -o -, blkparse -d) is one such file. */
#include "trace/formats/blktrace_file.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/blktrace_survey.h"
#include "trace/requests/events.h"
#include "trace/formats.h"
#include "trace/formats/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct blktrace {
	struct events *events;
	struct blktrace_file *files;
	size_t nfiles;
	size_t *heap; /* files by the time of their next record */
	size_t nheap;
	bool primed, told;
	uint32_t last_dev; /* the device of the last event, and its index */
	long last_index;
	struct table sequences; /* by device and CPU: the last number, where it is not in cpu_file */
	struct table comms;     /* by process */
	uint32_t last_pid;      /* the process of the last event, and its command */
	uint32_t last_comm;
};

static bool blktrace_probe(const uint8_t *bytes, size_t len)
{
	bool big;

	return len >= 4 && blktrace_version(bytes, &big) != 0;
}

static bool before(const struct blktrace *state, size_t a, size_t b)
{
	const struct blktrace_record *x = &state->files[a].record, *y = &state->files[b].record;

	if (x->time != y->time)
		return x->time < y->time;
	return x->cpu != y->cpu ? x->cpu < y->cpu : a < b;
}

static void sift_down(struct blktrace *state, size_t at)
{
	size_t moved = state->heap[at], child;

	while ((child = 2 * at + 1) < state->nheap) {
		if (child + 1 < state->nheap && before(state, state->heap[child + 1], state->heap[child]))
			child++;
		if (!before(state, state->heap[child], moved))
			break;
		state->heap[at] = state->heap[child];
		at = child;
	}
	state->heap[at] = moved;
}

/* Reads the first record of every file. */
static int prime(struct blktrace *state, struct err *err)
{
	state->primed = true;
	for (size_t i = 0; i < state->nfiles; i++) {
		int got = blktrace_advance(&state->files[i], err);

		if (got < 0)
			return -1;
		if (got == 1)
			state->heap[state->nheap++] = i;
	}
	for (size_t i = state->nheap / 2; i-- > 0;)
		sift_down(state, i);
	return 0;
}

/* The file whose next record is the earliest; the one of the last call moves on. */
static int next_record(struct blktrace *state, struct blktrace_file **file, struct err *err)
{
	if (!state->primed) {
		if (prime(state, err) != 0)
			return -1;
	} else if (state->nheap > 0) {
		int got = blktrace_advance(&state->files[state->heap[0]], err);

		if (got < 0)
			return -1;
		if (got == 0)
			state->heap[0] = state->heap[--state->nheap];
		if (state->nheap > 1)
			sift_down(state, 0);
	}
	if (state->nheap == 0)
		return 0;
	*file = &state->files[state->heap[0]];
	return 1;
}

/* Numbers count up from 1 for each device on each CPU; notifications have 0. */
static int check_sequence(struct blktrace *state, struct blktrace_file *file, struct err *err)
{
	const struct blktrace_record *r = &file->record;
	uint64_t key = (uint64_t)r->device << 32 | r->cpu;

	if (r->sequence == 0)
		return 0;
	if (key != file->key) {
		if (file->sequence != 0 && table_put(&state->sequences, file->key, file->sequence, err) != 0)
			return -1;
		file->key = key;
		if (!table_get(&state->sequences, key, &file->sequence))
			file->sequence = 0;
	}
	if (file->sequence != 0 && r->sequence > file->sequence + 1)
		events_lost(state->events, r->sequence - file->sequence - 1);
	file->sequence = r->sequence;
	return 0;
}

static uint32_t comm_of(struct blktrace *state, uint32_t pid)
{
	uint64_t comm = 0;

	if (pid != state->last_pid) {
		table_get(&state->comms, pid, &comm);
		state->last_pid = pid;
		state->last_comm = (uint32_t)comm;
	}
	return state->last_comm;
}

/* A notification may say what a process is called. */
static int take_notify(struct trace *trace, const struct blktrace_file *file, struct err *err)
{
	struct blktrace *state = trace->state;
	const struct blktrace_record *r = &file->record;
	long comm;

	if (r->act != NOTIFY_PROCESS || r->pdu_len < 16)
		return 0;
	comm = trace_comm(trace, (const char *)file->pdu, strnlen((const char *)file->pdu, 16), err);
	state->last_pid = UINT32_MAX;
	state->last_comm = 0;
	return comm < 0 ? -1 : table_put(&state->comms, r->pid, (uint64_t)comm, err);
}

static int take_device(struct trace *trace, uint32_t dev, struct access *access, struct err *err)
{
	struct blktrace *state = trace->state;

	if (state->last_index < 0 || state->last_dev != dev) {
		state->last_index = blktrace_device(trace, dev, err);
		state->last_dev = dev;
	}
	access->device = (uint32_t)state->last_index;
	return state->last_index < 0 ? -1 : 0;
}

/* 1 when the record is an event that may count, 0 when not, -1 on an error. */
static int make_event(struct trace *trace, struct blktrace_file *file, struct event *event, struct err *err)
{
	struct blktrace *state = trace->state;
	const struct blktrace_record *r = &file->record;
	struct access *access = &event->access;
	int stage = blktrace_stage(r);

	if ((r->category & CAT_NOTIFY) != 0)
		return take_notify(trace, file, err);
	if (check_sequence(state, file, err) != 0)
		return -1;
	if (stage < 0)
		return 0;
	event->stage = (enum trace_stage)stage;
	event->zone = blktrace_zone(r);
	access->time_ns = r->time <= INT64_MAX ? (int64_t)r->time : INT64_MAX;
	if (event->zone != 0)
		return take_device(trace, r->device, access, err) != 0 ? -1 : 1;
	if (!blktrace_op(r, access))
		return 0;
	if (access->op != ACCESS_FLUSH) {
		if (!access_set_sectors(access, r->sector,
					rwbs_sectors(access, ((uint64_t)r->bytes + 511) / 512)))
			return blktrace_bad(file, "before here: a request ends beyond 2^63 bytes", err);
		access->flags |= r->bytes % 512 != 0 ? ACCESS_RAGGED : 0;
	}
	access->pid = r->pid;
	if (take_device(trace, r->device, access, err) != 0)
		return -1;
	access->comm = comm_of(state, r->pid);
	return 1;
}

static int next_event(struct trace *trace, struct event *event, struct err *err)
{
	struct blktrace_file *file;
	int got;

	event->zone = 0;

	while ((got = next_record(trace->state, &file, err)) == 1) {
		got = make_event(trace, file, event, err);
		if (got != 0)
			return got;
		event->access = access_blank();
	}
	return got;
}

static void blktrace_close(struct trace *trace)
{
	struct blktrace *state = trace->state;

	if (state == NULL)
		return;
	for (size_t i = 0; i < state->nfiles; i++)
		if (state->files[i].owns_input)
			input_close(state->files[i].input);
	events_free(state->events);
	table_done(&state->sequences);
	table_done(&state->comms);
	free(state->files);
	free(state->heap);
	free(state);
}

/* Opens the files of all CPUs but those that are empty; a single file is open already. */
static int open_files(struct trace *trace, struct blktrace *state, struct err *err)
{
	for (size_t i = 0; i < trace->files.n; i++) {
		struct blktrace_file *file = &state->files[state->nfiles];
		const uint8_t *p;
		long len;

		file->path = trace->files.at[i];
		file->many = trace->files.n > 1;
		if (trace->files.n == 1) {
			file->input = trace->input;
			state->nfiles++;
			return 0;
		}
		if (input_open(&file->input, file->path, trace->options.tmpdir, err) != 0)
			return err_prefix(err, "%s: ", file->path);
		file->owns_input = true;
		state->nfiles++;
		len = input_peek(file->input, &p, 1, err);
		if (len < 0)
			return err_prefix(err, "%s: ", file->path);
		if (len == 0) {
			input_close(file->input);
			memset(file, 0, sizeof(*file));
			state->nfiles--;
		}
	}
	return 0;
}

static int blktrace_open(struct trace *trace, struct err *err)
{
	struct blktrace *state = calloc(1, sizeof(*state));

	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	state->last_index = -1;
	state->last_pid = UINT32_MAX;
	state->files = calloc(trace->files.n, sizeof(*state->files));
	state->heap = calloc(trace->files.n, sizeof(*state->heap));
	if (state->files == NULL || state->heap == NULL)
		return err_nomem(err);
	state->events = events_new(trace, next_event, INT64_MAX, err);
	if (state->events == NULL)
		return -1;
	return open_files(trace, state, err);
}

/* blktrace makes a file for every CPU, be it an idle one's: what is missing has been lost on the way. */
static int tell_missing(struct trace *trace, struct err *err)
{
	char text[200];

	/* Of a file that was named itself, others are told otherwise. */
	if (trace->files.n == 1 && strcmp(trace->files.at[0], trace->path) == 0)
		return 0;
	for (size_t i = 0; i < trace->files.n;) {
		const char *first = trace->files.at[i], *slash = strrchr(first, '/');

		i = files_missing(&trace->files, i, text, sizeof(text));
		if (text[0] != '\0' &&
		    trace_note(trace, err, "%s (first file: %s), so what these did is missing", text,
			       slash ? slash + 1 : first) != 0)
			return -1;
	}
	return 0;
}

/* One CPU's file alone is seldom what is meant. */
static int tell_others(struct trace *trace, struct blktrace *state, struct err *err)
{
	const char *infix = strstr(trace->path, ".blktrace.");
	size_t n = state->told || trace->files.n > 1 || infix == NULL ? 1 : files_in_set(trace->path);

	if (!state->told && tell_missing(trace, err) != 0)
		return -1;
	state->told = true;
	if (n == 1)
		return 0;
	return trace_note(
	    trace, err,
	    "this is one CPU's part of a trace; give its name without '%.40s' to read all %zu of them", infix,
	    n);
}

static long blktrace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct blktrace *state = trace->state;
	long got;

	if (trace->surveying)
		return blktrace_survey(trace, state->files, state->nfiles, err);
	got = events_read(state->events, batch, n, err);

	return got == 0 && tell_others(trace, state, err) != 0 ? -1 : got;
}

const struct trace_format format_blktrace = {
    .name = "blktrace",
    .help = "blktrace's binary records: a file, a directory, or the stem of DEVICE.blktrace.CPU files",
    .sign = "it starts with a blktrace record's magic number",
    .events = EVENTS_OPTION,
    .probe = blktrace_probe,
    .open = blktrace_open,
    .read = blktrace_read,
    .close = blktrace_close,
};
