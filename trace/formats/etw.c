/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Windows: the text that xperf's dumper makes of an ETW trace with DiskIO events (also SNIA's Microsoft
   Production and Enterprise Server traces):

     DiskRead, TIME, PROCESS (PID), THREAD, [CPU,] IRP, 0xOFFSET, 0xBYTES, ELAPSED, DISK, FLAGS, ...

   with the columns of each event between BeginHeader and EndHeader.  Times are microseconds; an event is
   written when its request has ended.  Other events are passed over. */
#include "trace/formats.h"
#include "trace/formats/csv_profile.h"
#include "trace/formats/scan.h"
#include "trace/input/lines.h"

#include <stdlib.h>

#define US 1000

/* Where the columns are; 0 for none. */
struct columns {
	size_t time, process, offset, bytes, elapsed, disk;
};

enum { EVENT_READ, EVENT_WRITE, EVENT_FLUSH, EVENTS };

struct etw {
	struct columns columns[EVENTS]; /* as the header says; of `time` 0 where it does not */
};

static bool is(const struct csv_cell *cell, const char *text)
{
	return strlen(text) == cell->len && strncmp(cell->at, text, cell->len) == 0;
}

static int event_of(const struct csv_cell *cell)
{
	static const char *const names[EVENTS] = {"DiskRead", "DiskWrite", "DiskFlush"};

	for (int i = 0; i < EVENTS; i++)
		if (is(cell, names[i]))
			return i;
	return -1;
}

static void take_header(const struct csv_cell *cells, size_t n, struct columns *columns)
{
	*columns = (struct columns){.time = 0};
	for (size_t i = 1; i < n; i++) {
		size_t *column = is(&cells[i], "TimeStamp")     ? &columns->time
				 : is(&cells[i], "ByteOffset")  ? &columns->offset
				 : is(&cells[i], "IOSize")      ? &columns->bytes
				 : is(&cells[i], "ElapsedTime") ? &columns->elapsed
				 : is(&cells[i], "DiskNum")     ? &columns->disk
								: NULL;

		if (column != NULL)
			*column = i;
		else if (cells[i].len >= 12 && strncmp(cells[i].at, "Process Name", 12) == 0)
			columns->process = i;
	}
}

static bool is_hex(const struct csv_cell *cell)
{
	return cell->len > 2 && cell->at[0] == '0' && cell->at[1] == 'x';
}

/* Without a header: the IRP's address is the fifth column, or the sixth where the processor is told. */
static struct columns usual_columns(const struct csv_cell *cells, size_t n, int event)
{
	size_t irp = n > 4 && is_hex(&cells[4]) ? 4 : 5;

	if (event == EVENT_FLUSH)
		return (struct columns){.time = 1, .process = 2, .elapsed = irp + 1, .disk = irp + 2};
	return (struct columns){.time = 1,
				.process = 2,
				.offset = irp + 1,
				.bytes = irp + 2,
				.elapsed = irp + 3,
				.disk = irp + 4};
}

static size_t last_column(const struct columns *columns)
{
	return columns->disk > columns->elapsed ? columns->disk : columns->elapsed;
}

static size_t split(const char *text, struct csv_cell *cells)
{
	return csv_split(text, ',', cells, CSV_COLUMNS);
}

static bool is_event(const char *text)
{
	struct csv_cell cells[CSV_COLUMNS];
	size_t n = split(text, cells);
	uint64_t time;

	if (n < 9 || event_of(&cells[0]) < 0)
		return false;
	return is(&cells[1], "TimeStamp") ||
	       (scan_decimal(cells[1].at, &time) != NULL && (is_hex(&cells[4]) || is_hex(&cells[5])));
}

static bool etw_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_event);
}

static int etw_open(struct trace *trace, struct err *err)
{
	trace->state = calloc(1, sizeof(struct etw));
	return trace->state ? 0 : err_nomem(err);
}

static void etw_close(struct trace *trace)
{
	free(trace->state);
}

static bool number(const struct csv_cell *cell, uint64_t *value)
{
	return scan_number(cell->at, value) == cell->at + cell->len;
}

/* "svchost.exe (2120)" */
static int take_process(struct trace *trace, const struct csv_cell *cell, struct access *access,
			struct err *err)
{
	const char *open = memrchr(cell->at, '(', cell->len);
	size_t len = open ? (size_t)(open - cell->at) : cell->len;
	uint64_t pid = 0;
	long comm;

	if (open != NULL && scan_decimal(scan_blanks(open + 1), &pid) != NULL)
		access->pid = (uint32_t)pid;
	while (len > 0 && cell->at[len - 1] == ' ')
		len--;
	comm = trace_comm(trace, cell->at, len, err);
	access->comm = (uint32_t)comm;
	return comm < 0 ? -1 : 0;
}

static int take_event(struct trace *trace, const struct line *line, const struct csv_cell *cells,
		      const struct columns *columns, struct access *access, struct err *err)
{
	uint64_t time = 0, elapsed = 0, offset = 0, bytes = 0;
	long device;

	if (!number(&cells[columns->time], &time) || time > INT64_MAX / US ||
	    (columns->offset != 0 && !number(&cells[columns->offset], &offset)) ||
	    (columns->bytes != 0 && !number(&cells[columns->bytes], &bytes)))
		return line_bad(line, "numbers as the time, the offset and the size of an event", err);
	if (access->op != ACCESS_FLUSH && bytes == 0)
		return 0;
	if (access->op != ACCESS_FLUSH && !access_set_bytes(access, offset, bytes))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	access->time_ns = (int64_t)time * US;
	if (columns->elapsed != 0 && number(&cells[columns->elapsed], &elapsed) && elapsed < INT64_MAX / US)
		access->latency_ns = (int64_t)elapsed * US;
	device = trace_device(trace, cells[columns->disk].at, cells[columns->disk].len, err);
	access->device = (uint32_t)device;
	if (device < 0)
		return -1;
	return columns->process != 0 && take_process(trace, &cells[columns->process], access, err) != 0 ? -1
													: 1;
}

static int parse_line(struct trace *trace, struct line *line, struct access *access, struct err *err)
{
	static const uint8_t ops[EVENTS] = {ACCESS_READ, ACCESS_WRITE, ACCESS_FLUSH};
	struct etw *state = trace->state;
	struct csv_cell cells[CSV_COLUMNS];
	struct columns columns;
	size_t n = split(line->text, cells);
	int event = event_of(&cells[0]);

	if (event < 0 && !line->ended)
		return line_bad(line, "an event of ETW's", err);
	if (event < 0)
		return 0;
	if (n > 1 && is(&cells[1], "TimeStamp")) {
		take_header(cells, n, &state->columns[event]);
		return 0;
	}
	columns = state->columns[event];
	if (columns.time == 0 || columns.disk == 0)
		columns = usual_columns(cells, n, event);
	if (last_column(&columns) >= n)
		return line_bad(line, "all columns of a disk event", err);
	if (last_column(&columns) == n - 1)
		line_check_end(trace, line, access);
	access->op = ops[event];
	return take_event(trace, line, cells, &columns, access, err);
}

static long etw_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	if (!trace->surveying)
		trace->event = "complete";
	return lines_read(trace, batch, n, parse_line, err);
}

const struct trace_format format_etw = {
    .name = "etw",
    .help = "Windows' DiskIO events as xperf's dumper prints them",
    .sign = "it has DiskRead or DiskWrite events of xperf's dumper",
    .probe = etw_probe,
    .open = etw_open,
    .read = etw_read,
    .close = etw_close,
};
