/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of blkparse(1), in its default layout (blkparse_fmt.c in blktrace, 1.0 to 1.3):
   "MAJ,MIN CPU SEQUENCE SECONDS.NANOSECONDS PID ACTION RWBS" and then, by the action, "SECTOR + COUNT
   [COMMAND]" or "[ERROR]"; a layout given with -f is read by its format (--format 'blkparse:%D %2c ...').
   After the events come statistics, which are passed over. */
#include "trace/formats/blkparse_layout.h"
#include "trace/requests/events.h"
#include "trace/formats.h"
#include "trace/recorded.h"
#include "trace/input/lines.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct blkparse {
	struct events *events;
	struct layout *layout; /* NULL for the default */
	bool in_statistics;
	uint64_t skips;
};

/* Everything up to the action's own part. */
static const char *scan_header(const char *at, struct blkparse_event *event)
{
	uint64_t cpu, sequence;

	at = scan_blanks(at);
	event->device = at;
	at = scan_decimal(scan_char(scan_decimal(at, &event->major), ','), &event->minor);
	event->device_len = at ? (size_t)(at - event->device) : 0;
	at = scan_decimal(scan_blanks(at), &cpu);
	at = scan_decimal(scan_blanks(at), &sequence);
	at = scan_time(scan_blanks(at), 1000000000, &event->time_ns);
	at = scan_decimal(scan_blanks(at), &event->pid);
	event->action = scan_blanks(at);
	at = scan_word(event->action);
	event->action_len = at ? (size_t)(at - event->action) : 0;
	event->rwbs = scan_blanks(at);
	at = scan_word(event->rwbs);
	event->rwbs_len = at ? (size_t)(at - event->rwbs) : 0;
	return at ? scan_blanks(at) : NULL;
}

/* "SECTOR + COUNT", "SECTOR" or nothing, and what stands in brackets at the end. */
static void scan_tail(const char *at, const char *end, struct blkparse_event *event)
{
	const char *next = scan_decimal(at, &event->sector), *open;

	event->sectors = 0;
	if (next != NULL)
		scan_decimal(scan_text(next, " + "), &event->sectors);
	else
		event->sector = 0;
	open = end > at && end[-1] == ']' ? strchr(at, '[') : NULL;
	event->bracket = open ? open + 1 : NULL;
	event->bracket_len = open ? (size_t)(end - 2 - open) : 0;
}

static bool is_header(const char *text)
{
	struct blkparse_event event;

	return scan_header(text, &event) != NULL && event.action_len <= 2;
}

static bool blkparse_probe(const uint8_t *bytes, size_t len)
{
	return lines_early(bytes, len, is_header);
}

static void blkparse_close(struct trace *trace)
{
	struct blkparse *state = trace->state;

	if (state == NULL)
		return;
	events_free(state->events);
	layout_free(state->layout);
	free(state);
}

/* The statistics at the end start with one of these. */
static bool is_statistics(const char *text)
{
	static const char *const starts[] = {"Total (", "Throughput (", "Events (", "Skips: ", "Input file "};
	size_t len = strlen(text);

	if (strncmp(text, "CPU", 3) == 0 && len > 6 && strcmp(text + len - 2, "):") == 0)
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* "Skips: N forward (M events, PERCENT%)" says what was lost. */
static void take_statistics(struct blkparse *state, const char *text)
{
	const char *open = strncmp(text, "Skips: ", 7) == 0 ? strchr(text, '(') : NULL;
	uint64_t n;

	if (text[0] >= 'A' && text[0] <= 'Z' && is_statistics(text))
		state->in_statistics = true;
	if (open != NULL && scan_decimal(scan_blanks(open + 1), &n) != NULL && state->skips == 0) {
		state->skips = n;
		events_lost(state->events, n);
	}
}

static int stage_of(const char *action, size_t len)
{
	if (len != 1)
		return -1;
	switch (*action) {
	case 'Q':
		return STAGE_QUEUE;
	case 'D':
		return STAGE_ISSUE;
	case 'C':
		return STAGE_COMPLETE;
	case 'R':
		return STAGE_REQUEUE;
	default:
		return -1;
	}
}

/* The command or the error in brackets. */
static int take_bracket(struct trace *trace, const struct blkparse_event *parts, struct event *event,
			struct err *err)
{
	long comm;

	if (parts->bracket == NULL)
		return 0;
	if (event->stage == STAGE_COMPLETE || event->stage == STAGE_REQUEUE) {
		if (parts->bracket_len != 1 || parts->bracket[0] != '0')
			event->access.flags |= ACCESS_FAILED;
		return 0;
	}
	comm = trace_comm(trace, parts->bracket, parts->bracket_len, err);
	event->access.comm = (uint32_t)comm;
	return comm < 0 ? -1 : 0;
}

/* 1 when the parts are an event that may count, 0 when not, -1 on an error. */
static int make_event(struct trace *trace, const struct line *line, const struct blkparse_event *parts,
		      struct event *event, struct err *err)
{
	int stage = stage_of(parts->action, parts->action_len), counts;
	long device;

	if (stage < 0)
		return 0;
	event->access = access_blank();
	event->stage = (enum trace_stage)stage;
	counts = rwbs_parse(parts->rwbs, parts->rwbs_len, parts->sectors, &event->access);
	if (counts < 0)
		return line_wrong(line, err, "'%.*s' is not the kind of a request (R, W, D, F ...)",
				  (int)parts->rwbs_len, parts->rwbs);
	/* What completes without sectors is the end of a flush that came with a write; a command that
	   went past the file system has no sectors either. */
	event->access.time_ns = parts->time_ns;
	event->zone = counts == 0 && parts->rwbs_len > 1 && parts->rwbs[0] == 'Z' ? parts->rwbs[1] : 0;
	if (event->zone != 0)
		return 1;
	if (counts == 0 ||
	    (event->access.op != ACCESS_FLUSH && rwbs_sectors(&event->access, parts->sectors) == 0))
		return 0;
	if (event->access.op != ACCESS_FLUSH &&
	    !access_set_sectors(&event->access, parts->sector, rwbs_sectors(&event->access, parts->sectors)))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	device = parts->device_len > 0 ? trace_device(trace, parts->device, parts->device_len, err) : 0;
	if (device < 0)
		return -1;
	event->access.device = (uint32_t)device;
	event->access.time_ns = parts->time_ns;
	event->access.pid = (uint32_t)parts->pid;
	return take_bracket(trace, parts, event, err) != 0 ? -1 : 1;
}

/* "SECTOR + COUNT <- (MAJ,MIN) SECTOR": a remap; what does not look so is none. */
static int take_remap(struct trace *trace, const struct blkparse_event *parts, const char *at,
		      struct err *err)
{
	char name[REMAP_NAME], from[REMAP_NAME];
	uint64_t sector, from_sector, count;
	const char *open;

	at = scan_decimal(at, &sector);
	at = scan_text(scan_decimal(scan_text(at, " + "), &count), " <- (");
	open = at;
	at = at ? strchr(at, ')') : NULL;
	if (at == NULL || scan_decimal(scan_text(at, ") "), &from_sector) == NULL)
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)parts->device_len, parts->device);
	snprintf(from, sizeof(from), "%.*s", (int)(at - open), open);
	return trace_remap(trace, name, from, sector, from_sector, err);
}

/* "m N blkmap WORD": what a recorder of ours knew. */
static void take_message(struct trace *trace, const char *text)
{
	const char *sign = strstr(text, " m   N " RECORDED_SIGN);
	struct recorded recorded = {.blind = 0};

	if (sign == NULL)
		sign = strstr(text, " m N " RECORDED_SIGN);
	sign = sign ? strstr(sign, RECORDED_SIGN) : NULL;
	if (sign != NULL && recorded_take(&recorded, sign + strlen(RECORDED_SIGN)))
		trace_recorded(trace, &recorded);
}

/* A line of the default layout into its parts: 1, 0 when it holds no event, -1 on an error. */
static int scan_default(struct trace *trace, const struct line *line, struct blkparse_event *parts,
			struct err *err)
{
	const struct blkparse *state = trace->state;
	const char *at = scan_header(line->text, parts), *end = line->text + line->len;

	if (at != NULL && trace->surveying && parts->action_len == 1 && *parts->action == 'm')
		take_message(trace, line->text);
	if (at == NULL) {
		if (state->in_statistics || line->len == 0)
			return 0;
		return line_bad(line, "'MAJ,MIN CPU SEQUENCE SECONDS.NANOSECONDS PID ACTION RWBS ...'", err);
	}
	if (parts->action_len == 1 && *parts->action == 'A' && trace->surveying)
		return take_remap(trace, parts, at, err);
	if (stage_of(parts->action, parts->action_len) < 0)
		return 0;
	while (end > at && end[-1] == ' ')
		end--;
	scan_tail(at, end, parts);
	if (parts->bracket == NULL || (*at != '[' && *at != '(' && (*at < '0' || *at > '9')))
		return line_bad(line, "'SECTOR + COUNT [COMMAND OR ERROR]' at the end of the line", err);
	return 1;
}

static int next_event(struct trace *trace, struct event *event, struct err *err)
{
	struct blkparse *state = trace->state;
	struct blkparse_event parts;
	struct line line;
	int got;

	while ((got = input_line(trace->input, &line, err)) == 1) {
		memset(&parts, 0, sizeof(parts));
		take_statistics(state, line.text);
		if (state->layout != NULL)
			got = state->in_statistics ? 0 : layout_scan(state->layout, &line, &parts, err);
		else
			got = scan_default(trace, &line, &parts, err);
		if (got == 1)
			got = make_event(trace, &line, &parts, event, err);
		if (got == 1 && state->layout != NULL)
			line_check_end(trace, &line, &event->access);
		got = line_done(trace, &line, got, err);
		if (got != 0)
			return got;
	}
	return got;
}

static int blkparse_open(struct trace *trace, struct err *err)
{
	struct blkparse *state = calloc(1, sizeof(*state));

	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	if (trace->argument != NULL) {
		state->layout = layout_new(trace->argument, err);
		if (state->layout == NULL)
			return -1;
	}
	state->events = events_new(trace, next_event, INT64_C(1000000000), err);
	return state->events ? 0 : -1;
}

static long blkparse_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct blkparse *state = trace->state;

	return events_read(state->events, batch, n, err);
}

const struct trace_format format_blkparse = {
    .name = "blkparse",
    .help = "the text of blkparse; blkparse:FORMAT reads what blkparse -f FORMAT wrote",
    .sign = "its first line is an event as blkparse prints it",
    .events = EVENTS_OPTION,
    .probe = blkparse_probe,
    .open = blkparse_open,
    .read = blkparse_read,
    .close = blkparse_close,
};
