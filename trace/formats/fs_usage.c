/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* macOS' fs_usage -w -f diskio (apple-oss-distributions/system_cmds, fs_usage.c):

     HH:MM:SS.UUUUUU  CALL  D=0xBLOCK  B=0xBYTES  /dev/DISK  [PATH]  SECONDS [W] COMMAND.THREAD

   where CALL is RdData, WrData, RdMeta, WrMeta, PgIn or PgOut, perhaps with [A] and other letters, and blocks
   are sectors of 512 bytes of the disk that is named.  The time is that of the end.  Other calls are passed
   over. */
#include "trace/formats.h"
#include "trace/formats/scan.h"
#include "trace/input/lines.h"

#include <inttypes.h>
#include <stdlib.h>

struct fs_usage {
	uint64_t failed, trims; /* which do not say how long they are, or in what unit */
	bool told;
};

struct row {
	int64_t time_ns, took_ns;
	int op; /* -1 for another call, -2 for a trim */
	uint64_t block, bytes;
	const char *device, *comm;
	size_t device_len, comm_len;
};

static int op_of(const char *call)
{
	static const struct {
		const char *start;
		int op;
	} calls[] = {{"RdData", ACCESS_READ},  {"RdMeta", ACCESS_READ},  {"PgIn", ACCESS_READ},
		     {"WrData", ACCESS_WRITE}, {"WrMeta", ACCESS_WRITE}, {"PgOut", ACCESS_WRITE},
		     {"TrimExtent", -2}};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (scan_text(call, calls[i].start) != NULL)
			return calls[i].op;
	return -1;
}

/* "SECONDS [W] COMMAND.THREAD" at the end: the last word that is a time of six digits is the elapsed one. */
static void scan_end(const char *at, struct row *row)
{
	const char *word, *end, *dot;
	int64_t ns;

	row->took_ns = ACCESS_NO_LATENCY;
	for (word = scan_blanks(at); (end = scan_word(word)) != NULL; word = scan_blanks(end)) {
		dot = memchr(word, '.', (size_t)(end - word));
		if (dot == NULL || end - dot != 7 || scan_time(word, 1000000000, &ns) != end)
			continue;
		row->took_ns = ns;
		row->comm = scan_blanks(end);
		if (row->comm[0] == 'W' && row->comm[1] == ' ')
			row->comm = scan_blanks(row->comm + 1);
	}
	dot = row->took_ns != ACCESS_NO_LATENCY ? strrchr(row->comm, '.') : NULL;
	row->comm_len = dot ? (size_t)(dot - row->comm) : 0;
}

/* Whether a line is one of disk I/O; the length may be missing (0). */
static bool scan_row(const char *text, struct row *row)
{
	const char *at = scan_blanks(scan_clock(text, &row->time_ns)), *place, *bytes;

	if (at == NULL || scan_word(at) == NULL)
		return false;
	row->op = op_of(at);
	place = strstr(at, " D=0x");
	if (row->op == -1 || place == NULL || (at = scan_hex(place + 5, &row->block)) == NULL)
		return false;
	row->bytes = 0;
	row->comm = row->device = "";
	row->comm_len = row->device_len = 0;
	bytes = scan_text(scan_blanks(at), "B=0x");
	if (bytes == NULL)
		return scan_char(scan_blanks(at), '[') != NULL;
	at = scan_hex(bytes, &row->bytes);
	at = at ? strstr(at, "/dev/") : NULL;
	if (at == NULL)
		return false;
	row->device = at + 5;
	at = scan_word(row->device);
	row->device_len = at ? (size_t)(at - row->device) : 0;
	scan_end(at, row);
	return row->device_len > 0;
}

static bool is_row(const char *text)
{
	struct row row;

	return scan_row(text, &row);
}

static bool fs_usage_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_row);
}

static int fs_usage_open(struct trace *trace, struct err *err)
{
	trace->own_sectors = true;
	trace->state = calloc(1, sizeof(struct fs_usage));
	return trace->state ? 0 : err_nomem(err);
}

static void fs_usage_close(struct trace *trace)
{
	free(trace->state);
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct fs_usage *state = trace->state;
	struct row row;
	long device, comm;
	int64_t clock;

	if (!scan_row(line->text, &row)) {
		if (line->ended && scan_clock(line->text, &clock) != NULL)
			return 0;
		return line_bad(
		    line, "'HH:MM:SS.UUUUUU  CALL  D=0xBLOCK  B=0xBYTES  /dev/DISK ... SECONDS COMMAND'",
		    err);
	}
	state->trims += row.op == -2;
	state->failed += row.op >= 0 && row.bytes == 0;
	if (row.op < 0 || row.bytes == 0)
		return 0;
	if (row.took_ns == ACCESS_NO_LATENCY && !line->ended)
		return line_bad(line, "the time that it took, and a command", err);
	access->op = (uint8_t)row.op;
	if (row.block > ACCESS_SECTORS_MAX || !access_set_bytes(access, row.block * 512, row.bytes))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	device = trace_device(trace, row.device, row.device_len, err);
	comm = trace_comm(trace, row.comm, row.comm_len, err);
	access->device = (uint32_t)device;
	access->comm = (uint32_t)comm;
	access->time_ns = row.time_ns;
	access->latency_ns = row.took_ns;
	return device < 0 || comm < 0 ? -1 : 1;
}

static long fs_usage_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct fs_usage *state = trace->state;
	long got = lines_read(trace, batch, n, parse_line, err);

	if (!trace->surveying)
		trace->event = "complete";
	if (got != 0 || state->told || state->failed + state->trims == 0)
		return got;
	state->told = true;
	return trace_note(trace, err,
			  "%" PRIu64 " accesses that failed and %" PRIu64
			  " trims are left out: their lines do not say how long they are, or in what unit",
			  state->failed, state->trims);
}

const struct trace_format format_fs_usage = {
    .name = "fs_usage",
    .help = "macOS' fs_usage -w -f diskio",
    .sign = "it has lines of macOS' fs_usage with D=0xBLOCK",
    .probe = fs_usage_probe,
    .open = fs_usage_open,
    .read = fs_usage_read,
    .close = fs_usage_close,
};
