/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* DTrace's iosnoop (DTraceToolkit; Solaris, macOS, FreeBSD), whose header names the columns that its options
   ask for:

     [STIME(us)] [TIME(us)] [STRTIME] [DELTA(us)] [DTIME(us)] [DEVICE] [INS] [MAJ MIN] UID PID D BLOCK SIZE
   COMM PATHNAME

   A block is a sector of 512 bytes, from the start of the device (a slice or partition) that DEVICE or MAJ
   and MIN name, sizes are bytes, and times are microseconds. */
#include "trace/formats.h"
#include "trace/formats/scan.h"
#include "trace/input/lines.h"

#include <stdio.h>
#include <stdlib.h>

#define COLUMNS_MAX 20
#define US 1000

enum column {
	COLUMN_OTHER,
	COLUMN_START,
	COLUMN_END,
	COLUMN_DATE,
	COLUMN_DELTA,
	COLUMN_DEVICE,
	COLUMN_MAJOR,
	COLUMN_MINOR,
	COLUMN_PID,
	COLUMN_OP,
	COLUMN_BLOCK,
	COLUMN_SIZE,
	COLUMN_COMM,
	COLUMNS
};

struct dtrace {
	enum column columns[COLUMNS_MAX];
	size_t n;
};

struct word {
	const char *at;
	size_t len;
};

static enum column column_of(const struct word *word)
{
	static const struct {
		const char *name;
		enum column column;
	} names[] = {
	    {"STIME(us)", COLUMN_START},
	    {"STIME", COLUMN_START},
	    {"TIME(us)", COLUMN_END},
	    {"TIME", COLUMN_END},
	    {"STRTIME", COLUMN_DATE},
	    {"ENDTIME", COLUMN_DATE},
	    {"DELTA(us)", COLUMN_DELTA},
	    {"DELTA", COLUMN_DELTA},
	    {"DEVICE", COLUMN_DEVICE},
	    {"MAJ", COLUMN_MAJOR},
	    {"MIN", COLUMN_MINOR},
	    {"PID", COLUMN_PID},
	    {"D", COLUMN_OP},
	    {"BLOCK", COLUMN_BLOCK},
	    {"SIZE", COLUMN_SIZE},
	    {"COMM", COLUMN_COMM},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == word->len && strncmp(names[i].name, word->at, word->len) == 0)
			return names[i].column;
	return COLUMN_OTHER;
}

/* The next word; a date has four: "2007 Aug  5 12:00:00". */
static const char *next_word(const char *at, bool is_date, struct word *word)
{
	word->at = at = scan_blanks(at);
	for (int i = 0; i < (is_date ? 4 : 1) && at != NULL; i++)
		at = scan_word(scan_blanks(at));
	word->len = at ? (size_t)(at - word->at) : 0;
	return at;
}

static bool scan_header(const char *text, struct dtrace *state)
{
	unsigned seen = 0;
	struct word word;

	state->n = 0;
	for (const char *at = text; state->n < COLUMNS_MAX && (at = next_word(at, false, &word)) != NULL;) {
		state->columns[state->n] = column_of(&word);
		seen |= 1u << state->columns[state->n++];
	}
	return (seen >> COLUMN_BLOCK & 1) && (seen >> COLUMN_SIZE & 1) && (seen >> COLUMN_OP & 1);
}

static bool is_header(const char *text)
{
	struct dtrace state;

	return scan_header(text, &state);
}

static bool dtrace_probe(const uint8_t *bytes, size_t len)
{
	return lines_early(bytes, len, is_header);
}

static int dtrace_open(struct trace *trace, struct err *err)
{
	struct dtrace *state = calloc(1, sizeof(*state));
	struct line line;
	int got;

	trace->own_sectors = true;
	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	while ((got = input_line(trace->input, &line, err)) == 1)
		if (scan_header(line.text, state) || !line_stray(trace, &line, "iosnoop's header", err))
			break;
	if (got == 1 && scan_header(line.text, state))
		return 0;
	return got < 0
		   ? -1
		   : err_set(err, "line 1: expected iosnoop's header 'UID PID D BLOCK SIZE COMM PATHNAME'");
}

static void dtrace_close(struct trace *trace)
{
	free(trace->state);
}

static bool number(const struct word *word, uint64_t *value)
{
	return word->len > 0 && scan_decimal(word->at, value) == word->at + word->len;
}

/* The words of a line by column; those that are not there have no length. */
static bool split(const struct dtrace *state, const char *text, struct word words[COLUMNS])
{
	const char *at = text;

	memset(words, 0, COLUMNS * sizeof(*words));
	for (size_t i = 0; i < state->n && at != NULL; i++) {
		struct word word;

		at = next_word(at, state->columns[i] == COLUMN_DATE, &word);
		if (at != NULL)
			words[state->columns[i]] = word;
	}
	return words[COLUMN_SIZE].len > 0;
}

static void take_times(const struct word words[COLUMNS], struct access *access)
{
	uint64_t start, end, delta;
	bool has_start = number(&words[COLUMN_START], &start) && start < INT64_MAX / US;
	bool has_end = number(&words[COLUMN_END], &end) && end < INT64_MAX / US;

	if (has_start || has_end)
		access->time_ns = (int64_t)(has_start ? start : end) * US;
	if (number(&words[COLUMN_DELTA], &delta) && delta < INT64_MAX / US)
		access->latency_ns = (int64_t)delta * US;
	else if (has_start && has_end)
		access->latency_ns = ((int64_t)end - (int64_t)start) * US;
}

static int take_names(struct trace *trace, const struct word words[COLUMNS], struct access *access,
		      struct err *err)
{
	char numbers[64];
	struct word device = words[COLUMN_DEVICE];
	uint64_t pid = 0;
	long index;

	if (device.len == 0 && words[COLUMN_MAJOR].len > 0 && words[COLUMN_MINOR].len > 0) {
		snprintf(numbers, sizeof(numbers), "%.*s,%.*s", (int)words[COLUMN_MAJOR].len,
			 words[COLUMN_MAJOR].at, (int)words[COLUMN_MINOR].len, words[COLUMN_MINOR].at);
		device = (struct word){.at = numbers, .len = strlen(numbers)};
	}
	index = device.len > 0 ? trace_device(trace, device.at, device.len, err) : 0;
	if (index < 0)
		return -1;
	access->device = (uint32_t)index;
	index = words[COLUMN_COMM].len > 0
		    ? trace_comm(trace, words[COLUMN_COMM].at, words[COLUMN_COMM].len, err)
		    : 0;
	access->comm = (uint32_t)index;
	if (number(&words[COLUMN_PID], &pid))
		access->pid = (uint32_t)pid;
	return index < 0 ? -1 : 0;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct dtrace *state = trace->state, again;
	struct word words[COLUMNS];
	uint64_t block, bytes;

	if (line->len == 0 || scan_header(line->text, &again))
		return 0;
	if (!split(state, line->text, words) || !number(&words[COLUMN_BLOCK], &block) ||
	    !number(&words[COLUMN_SIZE], &bytes) || words[COLUMN_OP].len != 1 ||
	    strchr("RW", words[COLUMN_OP].at[0]) == NULL)
		return line_bad(line, "a line with the columns of the header", err);
	if (words[COLUMN_SIZE].at[words[COLUMN_SIZE].len] == '\0')
		line_check_end(trace, line, access);
	if (bytes == 0)
		return 0;
	access->op = words[COLUMN_OP].at[0] == 'R' ? ACCESS_READ : ACCESS_WRITE;
	if (block > ACCESS_SECTORS_MAX || !access_set_bytes(access, block * 512, bytes))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	take_times(words, access);
	return take_names(trace, words, access, err) != 0 ? -1 : 1;
}

static long dtrace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	if (!trace->surveying)
		trace->event = "complete";
	return lines_read(trace, batch, n, parse_line, err);
}

const struct trace_format format_dtrace = {
    .name = "dtrace",
    .help = "iosnoop of the DTraceToolkit",
    .sign = "it has the header of DTrace's iosnoop",
    .probe = dtrace_probe,
    .open = dtrace_open,
    .read = dtrace_read,
    .close = dtrace_close,
};
