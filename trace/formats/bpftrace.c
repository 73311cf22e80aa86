/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the documented bpftrace one-liner prints, one line a request that is issued:
   "NANOSECONDS MAJ,MIN RWBS SECTOR SECTORS COMMAND"

     bpftrace -e 't:block:block_rq_issue { printf("%llu %d,%d %s %llu %u %s\n", nsecs,
	 args.dev >> 20, args.dev & 0xfffff, args.rwbs, args.sector, args.nr_sector, comm) }'

   bpftrace's own messages around it are passed over. */
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

struct bpftrace_row {
	int64_t time_ns;
	uint64_t sector, sectors;
	const char *device, *rwbs, *comm;
	size_t device_len, rwbs_len;
};

static bool scan_row(const char *at, struct bpftrace_row *row)
{
	uint64_t number;

	row->device = scan_char(scan_time(at, 1, &row->time_ns), ' ');
	at = scan_decimal(scan_char(scan_decimal(row->device, &number), ','), &number);
	row->device_len = at ? (size_t)(at - row->device) : 0;
	row->rwbs = scan_char(at, ' ');
	at = scan_word(row->rwbs);
	row->rwbs_len = at ? (size_t)(at - row->rwbs) : 0;
	at = scan_decimal(scan_char(at, ' '), &row->sector);
	at = scan_decimal(scan_char(at, ' '), &row->sectors);
	row->comm = at != NULL && *at == '\0' ? at : scan_char(at, ' ');
	return row->comm != NULL;
}

static bool is_row(const char *text)
{
	struct access access = access_blank();
	struct bpftrace_row row;

	return scan_row(text, &row) && rwbs_parse(row.rwbs, row.rwbs_len, row.sectors, &access) >= 0;
}

static bool bpftrace_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len < 4096 ? len : 4096, is_row);
}

static int bpftrace_open(struct trace *trace, struct err *err)
{
	(void)trace;
	(void)err;
	return 0;
}

static void bpftrace_close(struct trace *trace)
{
	(void)trace;
}

/* "Attaching 1 probe...", "Lost 12 events", "@x: 1" and empty lines. */
static bool is_message(const struct line *line)
{
	return line->ended &&
	       (line->len == 0 || line->text[0] == '@' || scan_text(line->text, "Attach") != NULL ||
		scan_text(line->text, "Lost ") != NULL || scan_text(line->text, "WARNING:") != NULL);
}

static int take_message(struct trace *trace, const struct line *line, struct err *err)
{
	uint64_t lost;

	if (scan_decimal(scan_text(line->text, "Lost "), &lost) == NULL)
		return 0;
	return trace_note(trace, err, "line %llu: bpftrace lost %llu events",
			  (unsigned long long)line->number, (unsigned long long)lost);
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	struct bpftrace_row row;
	long device, comm;
	int counts;

	if (is_message(line))
		return take_message(trace, line, err);
	if (!scan_row(line->text, &row))
		return line_bad(line, "'NANOSECONDS MAJ,MIN RWBS SECTOR SECTORS COMMAND'", err);
	line_check_end(trace, line, access);
	counts = rwbs_parse(row.rwbs, row.rwbs_len, row.sectors, access);
	if (counts < 0)
		return line_wrong(line, err, "'%.*s' is not the kind of a request (R, W, D, F ...)",
				  (int)row.rwbs_len, row.rwbs);
	row.sectors = rwbs_sectors(access, row.sectors);
	if (counts == 0 || (access->op != ACCESS_FLUSH && row.sectors == 0))
		return 0;
	if (access->op != ACCESS_FLUSH && !access_set_sectors(access, row.sector, row.sectors))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	device = trace_device(trace, row.device, row.device_len, err);
	comm = trace_comm(trace, row.comm, strlen(row.comm), err);
	access->device = (uint32_t)device;
	access->comm = (uint32_t)comm;
	access->time_ns = row.time_ns;
	return device < 0 || comm < 0 ? -1 : 1;
}

static long bpftrace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	if (!trace->surveying)
		trace->event = "issue";
	return lines_read(trace, batch, n, parse_line, err);
}

const struct trace_format format_bpftrace = {
    .name = "bpftrace",
    .help = "the lines of blkmap's bpftrace one-liner",
    .sign = "it has lines as blkmap's bpftrace one-liner prints them",
    .probe = bpftrace_probe,
    .open = bpftrace_open,
    .read = bpftrace_read,
    .close = bpftrace_close,
};
