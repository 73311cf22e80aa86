/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .qtr: the text that the qemu patch of 2010 wrote, one file a disk (libguestfs
   contrib/visualize-alignment).  First line "S SECTORS", then "R SECTOR COUNT" or "W SECTOR COUNT";
   decimal, sectors of 512 bytes, no times. */
#include "base/size.h"
#include "trace/formats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Reads digits; where they end, or NULL when there are none or too many. */
static const char *digits(const char *at, uint64_t *value)
{
	uint64_t v = 0;

	if (*at < '0' || *at > '9')
		return NULL;
	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');

		if (v > (UINT64_MAX - digit) / 10)
			return NULL;
		v = v * 10 + digit;
	}
	*value = v;
	return at;
}

static bool qtr_probe(const uint8_t *bytes, size_t len)
{
	size_t at = 2;

	if (len < 3 || bytes[0] != 'S' || bytes[1] != ' ')
		return false;
	while (at < len && bytes[at] >= '0' && bytes[at] <= '9')
		at++;
	return at > 2 && (at == len || bytes[at] == '\n' || bytes[at] == '\r');
}

static int qtr_open(struct trace *trace, struct err *err)
{
	struct line line;
	const char *end;
	int got = input_line(trace->input, &line, err);

	if (got < 0)
		return -1;
	if (got == 0)
		return err_set(err, "is empty, expected 'S SECTORS' on line 1");
	end = strncmp(line.text, "S ", 2) == 0 ? digits(line.text + 2, &trace->disk_sectors) : NULL;
	if (end == NULL || end != line.text + line.len)
		return err_set(err, "line 1: expected 'S SECTORS', the size of the disk");
	if (!line.ended)
		return err_set(err, "line 1: cut off, its line end is missing");
	if (trace->disk_sectors == 0 || trace->disk_sectors > INT64_MAX >> SECTOR_SHIFT)
		return err_set(err, "line 1: a disk of %" PRIu64 " sectors cannot be", trace->disk_sectors);
	return 0;
}

/* Where the line went wrong, for the message. */
static int bad_line(const struct line *line, struct err *err)
{
	if (memchr(line->text, '\0', line->len) != NULL)
		return err_set(err, "line %" PRIu64 ": binary data, expected 'R SECTOR COUNT' or 'W SECTOR COUNT'",
			       line->number);
	return err_set(err, "line %" PRIu64 ": expected 'R SECTOR COUNT' or 'W SECTOR COUNT'", line->number);
}

static int parse_line(const struct trace *trace, const struct line *line, struct access *access, struct err *err)
{
	const char *at = line->text;
	uint64_t start, count;

	if ((at[0] != 'R' && at[0] != 'W') || at[1] != ' ')
		return bad_line(line, err);
	access->op = at[0] == 'R' ? ACCESS_READ : ACCESS_WRITE;
	at = digits(at + 2, &start);
	if (at == NULL || *at != ' ')
		return bad_line(line, err);
	at = digits(at + 1, &count);
	if (at == NULL || at != line->text + line->len)
		return bad_line(line, err);
	if (!line->ended)
		return err_set(err, "line %" PRIu64 ": cut off, its line end is missing", line->number);
	if (count == 0)
		return err_set(err, "line %" PRIu64 ": an access of 0 sectors", line->number);
	if (start >= trace->disk_sectors || count > trace->disk_sectors - start)
		return err_set(err, "line %" PRIu64 ": sectors %" PRIu64 "+%" PRIu64
			       " end beyond the disk, which has %" PRIu64 " sectors (line 1)",
			       line->number, start, count, trace->disk_sectors);
	access->start = start;
	access->count = count;
	return 0;
}

static long qtr_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	static const struct access blank = {
		.time_ns = ACCESS_NO_TIME,
		.latency_ns = ACCESS_NO_LATENCY,
	};
	struct line line;
	size_t done = 0;
	int got = 1;

	while (done < n && (got = input_line(trace->input, &line, err)) == 1) {
		batch[done] = blank;
		if (parse_line(trace, &line, &batch[done], err) != 0)
			return -1;
		done++;
	}
	return got < 0 ? -1 : (long)done;
}

static void qtr_close(struct trace *trace)
{
	(void)trace;
}

const struct trace_format format_qtr = {
	.name = "qtr",
	.help = "the .qtr traces of libguestfs' visualize-alignment (2010)",
	.probe = qtr_probe,
	.open = qtr_open,
	.read = qtr_read,
	.close = qtr_close,
};
