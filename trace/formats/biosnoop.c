/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line a request, written when it completed: bcc's biosnoop (tools/biosnoop.py and
   libbpf-tools/biosnoop.c) and perf-tools' iosnoop.

     TIME(s) COMM PID DISK T SECTOR BYTES [P] [QUE(ms)] LAT(ms)     biosnoop
     COMM PID TYPE DEV BLOCK BYTES LATms                            iosnoop
     STARTs [ENDs] COMM PID TYPE DEV BLOCK BYTES LATms              iosnoop -s and -t

   Sectors and iosnoop's blocks are of 512 bytes.  Commands may hold blanks, so a line is read from
   its right end.  The columns are those that the header names. */
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16

enum column {
	COLUMN_OTHER,
	COLUMN_TIME,
	COLUMN_END,
	COLUMN_COMM,
	COLUMN_PID,
	COLUMN_DISK,
	COLUMN_OP,
	COLUMN_SECTOR,
	COLUMN_BYTES,
	COLUMN_LATENCY
};

struct biosnoop {
	enum column columns[COLUMNS_MAX];
	size_t n, comm; /* the column that may hold blanks */
};

/* A word of a line. */
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
	    {"TIME(s)", COLUMN_TIME},    {"STARTs", COLUMN_TIME},   {"ENDs", COLUMN_END},
	    {"COMM", COLUMN_COMM},       {"PID", COLUMN_PID},       {"DISK", COLUMN_DISK},
	    {"DEV", COLUMN_DISK},        {"T", COLUMN_OP},          {"TYPE", COLUMN_OP},
	    {"SECTOR", COLUMN_SECTOR},   {"BLOCK", COLUMN_SECTOR},  {"BYTES", COLUMN_BYTES},
	    {"LAT(ms)", COLUMN_LATENCY}, {"LATms", COLUMN_LATENCY},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == word->len && strncmp(names[i].name, word->at, word->len) == 0)
			return names[i].column;
	return COLUMN_OTHER;
}

/* Splits a line at its blanks; all words beyond `max` are dropped. */
static size_t split(const char *text, struct word *words, size_t max)
{
	size_t n = 0;
	const char *at = scan_blanks(text), *end;

	while (n < max && (end = scan_word(at)) != NULL) {
		words[n++] = (struct word){.at = at, .len = (size_t)(end - at)};
		at = scan_blanks(end);
	}
	return n;
}

static bool scan_header(const char *text, struct biosnoop *state)
{
	struct word words[COLUMNS_MAX];
	unsigned seen = 0;

	state->n = split(text, words, COLUMNS_MAX);
	for (size_t i = 0; i < state->n; i++) {
		state->columns[i] = column_of(&words[i]);
		seen |= 1u << state->columns[i];
		if (state->columns[i] == COLUMN_COMM)
			state->comm = i;
	}
	return (seen >> COLUMN_SECTOR & 1) && (seen >> COLUMN_BYTES & 1) && (seen >> COLUMN_OP & 1) &&
	       (seen >> COLUMN_COMM & 1);
}

static bool is_header(const char *text)
{
	struct biosnoop state;

	return scan_header(text, &state);
}

static bool biosnoop_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len < 4096 ? len : 4096, is_header);
}

static void biosnoop_close(struct trace *trace)
{
	free(trace->state);
}

static int biosnoop_open(struct trace *trace, struct err *err)
{
	struct biosnoop *state = calloc(1, sizeof(*state));
	struct line line;
	int got;

	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	while ((got = input_line(trace->input, &line, err)) == 1)
		if (scan_header(line.text, state))
			return 0;
	return got < 0
		   ? -1
		   : err_set(
			 err,
			 "line 1: expected biosnoop's header 'TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)'");
}

/* Finds the words of the columns; the command takes what is left over between its neighbours. */
static bool assign(const struct biosnoop *state, const struct line *line, struct word *words)
{
	const char *start = line->text, *end = line->text + line->len;
	size_t left = state->comm, right = state->n;

	if (split(start, words, left) != left)
		return false;
	if (left > 0)
		start = words[left - 1].at + words[left - 1].len;
	while (right > left + 1) {
		while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		words[--right].at = end;
		while (words[right].at > start && words[right].at[-1] != ' ' && words[right].at[-1] != '\t')
			words[right].at--;
		words[right].len = (size_t)(end - words[right].at);
		end = words[right].at;
		if (words[right].len == 0)
			return false;
	}
	while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	words[left].at = scan_blanks(start);
	words[left].len = words[left].at < end ? (size_t)(end - words[left].at) : 0;
	return true;
}

struct biosnoop_row {
	uint64_t sector, bytes, pid;
	int64_t latency_ns;
	struct word disk, op, comm;
};

static bool take_column(enum column column, const struct word *word, struct biosnoop_row *row,
			struct access *access)
{
	switch (column) {
	case COLUMN_TIME:
		return scan_time(word->at, 1000000000, &access->time_ns) != NULL;
	case COLUMN_COMM:
		row->comm = *word;
		return true;
	case COLUMN_PID:
		return scan_decimal(word->at, &row->pid) != NULL || word->at[0] == '-' || word->at[0] == '?';
	case COLUMN_DISK:
		row->disk = *word;
		return true;
	case COLUMN_OP:
		row->op = *word;
		return true;
	case COLUMN_SECTOR:
		/* A flush's is -1, as a signed or an unsigned number. */
		return scan_decimal(word->at, &row->sector) != NULL || word->at[0] == '-';
	case COLUMN_BYTES:
		return scan_decimal(word->at, &row->bytes) != NULL;
	case COLUMN_LATENCY:
		return scan_time(word->at, 1000000, &row->latency_ns) != NULL;
	default:
		return true;
	}
}

static int make_access(struct trace *trace, const struct line *line, const struct biosnoop_row *row,
		       struct access *access, struct err *err)
{
	uint64_t sectors = row->bytes / 512 + (row->bytes % 512 != 0);
	int counts = rwbs_parse(row->op.at, row->op.len, sectors, access);
	long device, comm;

	sectors = rwbs_sectors(access, sectors);
	if (counts < 0)
		return line_bad(line, "R, W or another kind of a request in the column before the sector",
				err);
	if (counts == 0 || (access->op != ACCESS_FLUSH && sectors == 0))
		return 0;
	if (access->op != ACCESS_FLUSH && !access_set_sectors(access, row->sector, sectors))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	if (row->bytes % 512 != 0)
		access->flags |= ACCESS_RAGGED;
	device = row->disk.len > 0 ? trace_device(trace, row->disk.at, row->disk.len, err) : 0;
	comm = trace_comm(trace, row->comm.at, row->comm.len, err);
	access->device = (uint32_t)device;
	access->comm = (uint32_t)comm;
	access->pid = (uint32_t)row->pid;
	access->latency_ns = row->latency_ns;
	return device < 0 || comm < 0 ? -1 : 1;
}

/* What iosnoop and biosnoop say when they are stopped. */
static bool is_farewell(const char *text)
{
	return strncmp(text, "Ending tracing", 14) == 0 || strncmp(text, "Detaching", 9) == 0;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct biosnoop *state = trace->state;
	struct biosnoop_row row = {.latency_ns = ACCESS_NO_LATENCY};
	struct word words[COLUMNS_MAX];
	struct biosnoop again;
	bool good;

	if (line->len == 0 || is_farewell(line->text) || scan_header(line->text, &again))
		return 0;
	good = assign(state, line, words);
	/* biosnoop -P and -Q add columns whose values some versions leave out; then the columns before
	   them have moved, and the numbers are where words should be. */
	for (size_t i = 0; good && i < state->n; i++)
		good = take_column(state->columns[i], &words[i], &row, access);
	if (!good)
		return line_bad(line, "a line with the columns of the header", err);
	line_check_end(trace, line, access);
	return make_access(trace, line, &row, access, err);
}

static long biosnoop_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	if (!trace->surveying)
		trace->event = "complete";
	return lines_read(trace, batch, n, parse_line, err);
}

const struct trace_format format_biosnoop = {
    .name = "biosnoop",
    .help = "bcc's biosnoop and perf-tools' iosnoop",
    .sign = "it has the header of biosnoop or iosnoop",
    .probe = biosnoop_probe,
    .open = biosnoop_open,
    .read = biosnoop_read,
    .close = biosnoop_close,
};
