/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .qtr: the text that the qemu patch of 2010 wrote, one file a disk (libguestfs
   contrib/visualize-alignment).  First line "S SECTORS", then "R SECTOR COUNT" or "W SECTOR COUNT";
   decimal, sectors of 512 bytes, no times.

   The extended form has "version=2" behind the sectors of the first line.  Readers of the old form
   (tracetops.ml: sscanf "%c %d %d", which does not look at the rest of a line) accept it:
   - after the three columns come any of the fields time=SECONDS latency=SECONDS (with a fraction of up
     to nine digits) pid=N comm=NAME flags=fua,sync,meta,ahead,preflush,failed,unfinished,ragged;
   - what is neither read nor write is a read of no sectors for them: "R SECTOR 0 op=discard sectors=N",
     "R SECTOR 0 op=zero sectors=N", "R 0 0 op=flush", and a named mark is "R 0 0 mark=NAME";
   - "identity=WORDS" and "blind=OPERATIONS" on the first line are what the recorder wrote of the disk
     (trace/recorded.h); "size=least" says that SECTORS is only where the last access ends;
   - "device=NAME" on the first line names the device; when that says "devices=several" instead, each
     line may have its device=NAME, and SECTORS is the largest device's;
   - in names, %XX stands for blanks, control characters and %; keys that are not known mean nothing. */
#include "base/size.h"
#include "trace/formats.h"
#include "trace/recorded.h"
#include "trace/input/lines.h"
#include "trace/formats/qtr_fields.h"
#include "trace/formats/qtr_plain.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qtr {
	bool extended, several;
	uint64_t limit; /* no access ends beyond it */
	long device;    /* that all lines have */
	uint64_t accesses;
};

static bool is_first(const char *text)
{
	uint64_t sectors;
	const char *end = scan_decimal(scan_text(text, "S "), &sectors);

	return end != NULL && (*end == '\0' || scan_text(end, " version=") != NULL);
}

static bool qtr_probe(const uint8_t *bytes, size_t len)
{
	return lines_first(bytes, len, is_first);
}

/* What a recorder has written on the first line. */
static int take_recorded(struct trace *trace, const char *at, struct err *err)
{
	static const char *const keys[] = {"identity", "blind"};
	struct recorded recorded = {.blind = 0};
	char word[4096];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *value = scan_key(at, keys[i]);

		if (value == NULL)
			continue;
		snprintf(word, sizeof(word), "%s=%.*s", keys[i], (int)strcspn(value, " "), value);
		if (!recorded_take(&recorded, word))
			return err_set(err, "the value of '%s' makes no sense", keys[i]);
	}
	trace_recorded(trace, &recorded);
	return 0;
}

/* What follows the sectors on the first line. */
static int take_header_fields(struct trace *trace, struct qtr *qtr, const char *at, struct err *err)
{
	uint64_t version;
	char name[256];
	const char *device = scan_key(at, "device"), *end;

	end = scan_decimal(scan_text(at, " version="), &version);
	if (end == NULL || (*end != ' ' && *end != '\0'))
		return err_set(err, "expected 'S SECTORS', the size of the disk");
	if (version != 2)
		return err_set(err, "version %" PRIu64 " of the extended form; 2 is known", version);
	qtr->extended = true;
	qtr->several = strstr(end, " devices=several") != NULL;
	trace->rounded = false;
	/* The size is then the largest device's, or nobody's. */
	if (qtr->several || strstr(end, " size=least") != NULL)
		trace->disk_sectors = 0;
	if (take_recorded(trace, end, err) != 0)
		return -1;
	if (device == NULL || qtr->several)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(device, " "), device);
	if (!qtr_unescape(name))
		return err_set(err, "the device's name has a %% without two hexadecimal digits");
	qtr->device = trace_device(trace, name, strlen(name), err);
	return qtr->device < 0 ? -1 : 0;
}

/* "R 12 " or "W 12 ". */
static bool qtr_continues(const uint8_t *bytes, size_t len)
{
	size_t at = 2;

	if (len < 3 || (bytes[0] != 'R' && bytes[0] != 'W') || bytes[1] != ' ')
		return false;
	while (at < len && bytes[at] >= '0' && bytes[at] <= '9')
		at++;
	return at > 2 && (at == len || bytes[at] == ' ');
}

/* A piece whose trace began elsewhere: which form it has is not known, so it may be either. */
static bool lacks_header(struct trace *trace)
{
	struct err none;
	const uint8_t *bytes;
	long len = input_peek(trace->input, &bytes, INPUT_PEEK, &none);

	return trace->options.piece && len > 0 && qtr_continues(bytes, (size_t)len);
}

/* The first line: errors do not name it. */
static int take_header(struct trace *trace, struct qtr *qtr, const struct line *line, struct err *err)
{
	const char *end = scan_decimal(scan_text(line->text, "S "), &trace->disk_sectors);

	if (end == NULL)
		return err_set(err, "expected 'S SECTORS', the size of the disk");
	qtr->limit = trace->disk_sectors;
	trace->rounded = qtr->limit % 64 == 0;
	if (end != line->text + line->len && take_header_fields(trace, qtr, end, err) != 0)
		return -1;
	if (!line->ended)
		return err_set(err, "cut off, its line end is missing");
	if (qtr->limit == 0 || qtr->limit > ACCESS_SECTORS_MAX)
		return err_set(err, "a disk of %" PRIu64 " sectors cannot be", qtr->limit);
	return 0;
}

static int qtr_open(struct trace *trace, struct err *err)
{
	struct qtr *qtr = calloc(1, sizeof(*qtr));
	struct line line;
	int got;

	trace->state = qtr;
	if (qtr == NULL)
		return err_nomem(err);
	if (lacks_header(trace)) {
		qtr->extended = trace->single = true;
		return 0;
	}
	do
		got = input_line(trace->input, &line, err);
	while (got == 1 && line_is_around(line.text) &&
	       line_stray(trace, &line, "'S SECTORS', the size of the disk", err));
	if (got < 0)
		return -1;
	if (got == 0)
		return err_set(err, "is empty, expected 'S SECTORS' on line 1");
	if (take_header(trace, qtr, &line, err) != 0)
		return err_prefix(err, "line %" PRIu64 ": ", line.number);
	trace->single = !qtr->several;
	return 0;
}

static int bad_line(const struct qtr *qtr, const struct line *line, struct err *err)
{
	return line_bad(line,
			qtr->extended ? "'R SECTOR COUNT' or 'W SECTOR COUNT', then 'KEY=VALUE' fields"
				      : "'R SECTOR COUNT' or 'W SECTOR COUNT'",
			err);
}

static int take_fields(struct trace *trace, struct qtr *qtr, struct line *line, char *at,
		       struct access *access, struct err *err)
{
	struct qtr_fields fields;
	long index;

	if (qtr_fields_take(at, line, &fields, access, err) != 0)
		return -1;
	if ((fields.has_op || fields.has_mark) && access->count != 0)
		return line_wrong(line, err, "a line with op= or mark= has COUNT 0");
	if (fields.has_op)
		access->count = fields.sectors;
	if (fields.has_op && access->op == ACCESS_FLUSH)
		access->start = access->count = 0;
	if (fields.comm != NULL) {
		index = trace_comm(trace, fields.comm, strlen(fields.comm), err);
		access->comm = (uint32_t)index;
		if (index < 0)
			return -1;
	}
	if (fields.device != NULL && qtr->several) {
		index = trace_device(trace, fields.device, strlen(fields.device), err);
		access->device = (uint32_t)index;
		if (index < 0)
			return -1;
	}
	if (!fields.has_mark)
		return 1;
	return trace_mark(trace, trace->parsed + qtr->accesses, fields.mark, strlen(fields.mark), err);
}

static uint64_t sectors_limit(const struct trace *trace)
{
	const struct qtr *qtr = trace->state;

	return qtr->limit != 0 ? qtr->limit : ACCESS_SECTORS_MAX;
}

static int check_range(const struct trace *trace, const struct line *line, const struct access *access,
		       struct err *err)
{
	uint64_t limit = sectors_limit(trace);

	/* These are no odd lines: the trace contradicts itself. */
	if (access->count == 0 && access->op != ACCESS_FLUSH)
		return err_set(err, "line %" PRIu64 ": an access of 0 sectors", line->number);
	if (access->start > limit || access->count > limit - access->start)
		return err_set(err,
			       "line %" PRIu64 ": sectors %" PRIu64 "+%" PRIu64
			       " end beyond the disk, which has %" PRIu64 " sectors (line 1)",
			       line->number, access->start, access->count, limit);
	return 0;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct qtr *qtr = trace->state;
	const char *at = line->text, *end = line->text + line->len;

	/* bpftrace ends with two. */
	if (line->len == 0 && line->ended && qtr->extended)
		return 0;
	if ((at[0] != 'R' && at[0] != 'W') || at[1] != ' ')
		return bad_line(qtr, line, err);
	access->op = at[0] == 'R' ? ACCESS_READ : ACCESS_WRITE;
	access->device = (uint32_t)qtr->device;
	at = scan_decimal(at + 2, &access->start);
	if (at == NULL || *at != ' ')
		return bad_line(qtr, line, err);
	at = scan_decimal(at + 1, &access->count);
	if (at == NULL || (at != end && (!qtr->extended || *at != ' ')))
		return bad_line(qtr, line, err);
	line_check_end(trace, line, access);
	if (at != end) {
		int got = take_fields(trace, qtr, line, line->text + (at - line->text), access, err);

		if (got <= 0)
			return got;
	}
	qtr->accesses++;
	return check_range(trace, line, access, err) != 0 ? -1 : 1;
}

static long qtr_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	return lines_read(trace, batch, n, parse_line, err);
}

static long qtr_parse(const struct trace *trace, const char *at, size_t len, struct access *access)
{
	const struct qtr *qtr = trace->state;

	return qtr_plain(at, len, sectors_limit(trace), (uint32_t)qtr->device, access);
}

static void qtr_close(struct trace *trace)
{
	free(trace->state);
}

const struct trace_format format_qtr = {
    .name = "qtr",
    .help = "the .qtr traces of libguestfs' visualize-alignment (2010), and their extended form",
    .sign = "its first line is 'S SECTORS'",
    .probe = qtr_probe,
    .open = qtr_open,
    .read = qtr_read,
    .parse = qtr_parse,
    .continues = qtr_continues,
    .close = qtr_close,
};
