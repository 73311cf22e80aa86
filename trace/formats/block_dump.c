/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Linux before 5.13 logs when /proc/sys/vm/block_dump is 1 (submit_bio in block/blk-core.c):

     [SECONDS] COMMAND(PID): READ|WRITE block SECTOR on DEVICE (COUNT sectors)

   in dmesg's output or in a file of syslog's; very old kernels leave the count out, and Synology's write
   "ppid:N(COMMAND), pid:N(COMMAND), READ block ...".  The sector counts from the start of the device that is
   named, be it a partition.  Other lines of the log are passed over. */
#include "trace/formats.h"
#include "trace/formats/scan.h"
#include "trace/input/lines.h"

#include <inttypes.h>
#include <stdlib.h>

struct block_dump {
	uint64_t short_lines; /* without a count */
	bool told;
};

struct row {
	bool is_write, has_count;
	uint64_t sector, count, pid;
	int64_t time_ns;
	const char *device, *comm;
	size_t device_len, comm_len;
};

/* "COMMAND(PID):" or "pid:PID(COMMAND)," that ends here. */
static void scan_process(const char *text, const char *end, struct row *row)
{
	const char *open = memrchr(text, '(', (size_t)(end - text)), *start, *at;

	if (open == NULL)
		return;
	at = scan_decimal(open + 1, &row->pid);
	if (at == NULL || *at != ')') { /* Synology's */
		start = memmem(text, (size_t)(open - text), " pid:", 5);
		if (start != NULL)
			scan_decimal(start + 5, &row->pid);
		row->comm = open + 1;
		row->comm_len = (size_t)(end - 2 - row->comm);
		return;
	}
	/* The command begins behind the time, or behind the name of syslog's source. */
	start = memrchr(text, ']', (size_t)(open - text));
	if (start == NULL || start[1] != ' ') {
		at = memmem(text, (size_t)(open - text), "kernel: ", 8);
		start = at ? at + 7 : text;
	} else {
		start++;
	}
	row->comm = scan_blanks(start);
	row->comm_len = (size_t)(open - row->comm);
}

static int64_t time_of(const char *text)
{
	const char *open = strchr(text, '[');
	int64_t time = ACCESS_NO_TIME;
	const char *end = open ? scan_time(scan_blanks(open + 1), 1000000000, &time) : NULL;

	return end != NULL && *end == ']' ? time : ACCESS_NO_TIME;
}

static bool scan_row(const char *text, struct row *row)
{
	const char *verb = strstr(text, " READ block "), *at;

	row->is_write = verb == NULL;
	if (verb == NULL)
		verb = strstr(text, " WRITE block ");
	if (verb == NULL || verb - text < 3 || (verb[-1] != ':' && verb[-1] != ',') || verb[-2] != ')')
		return false;
	at = scan_decimal(verb + (row->is_write ? 13 : 12), &row->sector);
	row->device = scan_text(at, " on ");
	at = scan_word(row->device);
	if (at == NULL)
		return false;
	row->device_len = (size_t)(at - row->device);
	row->has_count = scan_text(scan_decimal(scan_text(at, " ("), &row->count), " sectors)") != NULL;
	if (!row->has_count && *scan_blanks(at) != '\0')
		return false;
	row->pid = 0;
	row->comm = "";
	row->comm_len = 0;
	row->time_ns = time_of(text);
	scan_process(text, verb, row);
	return true;
}

static bool is_row(const char *text)
{
	struct row row;

	return scan_row(text, &row);
}

static bool block_dump_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_row);
}

static int block_dump_open(struct trace *trace, struct err *err)
{
	trace->own_sectors = true;
	trace->state = calloc(1, sizeof(struct block_dump));
	return trace->state ? 0 : err_nomem(err);
}

static void block_dump_close(struct trace *trace)
{
	free(trace->state);
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct block_dump *state = trace->state;
	struct row row;
	long device, comm;

	if (!scan_row(line->text, &row))
		return line->ended ? 0 : line_bad(line, "a line of the kernel's log", err);
	if (!row.has_count) {
		row.count = 1;
		state->short_lines++;
		line_check_end(trace, line, access);
	}
	if (row.count == 0)
		return 0;
	access->op = row.is_write ? ACCESS_WRITE : ACCESS_READ;
	if (!access_set_sectors(access, row.sector, row.count))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	device = trace_device(trace, row.device, row.device_len, err);
	comm = trace_comm(trace, row.comm, row.comm_len, err);
	access->device = (uint32_t)device;
	access->comm = (uint32_t)comm;
	access->pid = (uint32_t)row.pid;
	access->time_ns = row.time_ns;
	return device < 0 || comm < 0 ? -1 : 1;
}

static long block_dump_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct block_dump *state = trace->state;
	long got = lines_read(trace, batch, n, parse_line, err);

	if (!trace->surveying)
		trace->event = "queue";
	if (got != 0 || state->told || state->short_lines == 0)
		return got;
	state->told = true;
	return trace_note(
	    trace, err, "%" PRIu64 " lines do not say how long their accesses are; one sector of each counts",
	    state->short_lines);
}

const struct trace_format format_block_dump = {
    .name = "block_dump",
    .help = "the kernel's log with /proc/sys/vm/block_dump",
    .sign = "it has lines 'COMMAND(PID): READ block SECTOR on DEVICE' of the kernel's log",
    .probe = block_dump_probe,
    .open = block_dump_open,
    .read = block_dump_read,
    .close = block_dump_close,
};
