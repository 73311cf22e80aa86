/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of the kernel's block tracepoints: ftrace's trace file, trace-cmd report and perf script.
   Layouts from include/trace/events/block.h (TP_printk, Linux 2.6.36 to 6.18) and the three tools:

     TASK-PID [(TGID)] [CPU] [FLAGS] SECONDS.FRACTION: EVENT: ...        ftrace, trace-cmd
     COMMAND PID [CPU] SECONDS.FRACTION: block:EVENT: ...                perf script
     block_bio_queue, block_bio_complete: MAJ,MIN RWBS SECTOR + COUNT [COMMAND or ERROR]
     block_rq_issue:    MAJ,MIN RWBS BYTES (CDB) SECTOR + COUNT [PRIORITY] [COMMAND]
     block_rq_complete: MAJ,MIN RWBS (CDB) SECTOR + COUNT [PRIORITY] [ERROR]

   Other events are passed over. */
#include "trace/requests/events.h"
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ftrace {
	struct events *events;
};

struct tracepoint {
	const char *name;
	enum trace_stage stage;
	bool has_bytes; /* BYTES before the CDB */
	bool has_cdb;
};

static const struct tracepoint tracepoints[] = {
    {"block_bio_queue", STAGE_QUEUE, false, false},     {"block_rq_issue", STAGE_ISSUE, true, true},
    {"block_rq_complete", STAGE_COMPLETE, false, true}, {"block_bio_complete", STAGE_COMPLETE, false, false},
    {"block_rq_requeue", STAGE_REQUEUE, false, true},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where "block_...: " begins in a line, or NULL; *end is behind the colon. */
static const char *find_event(const char *text, const char **end)
{
	for (const char *at = text; (at = strstr(at, "block_")) != NULL; at++) {
		size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz_");

		if (at == text || (at[-1] != ' ' && at[-1] != ':') || at[len] != ':' || at[len + 1] != ' ')
			continue;
		*end = at + len + 1;
		return at;
	}
	return NULL;
}

static const struct tracepoint *tracepoint_of(const char *name, const char *end)
{
	size_t len = (size_t)(end - 1 - name);

	for (size_t i = 0; i < sizeof(tracepoints) / sizeof(tracepoints[0]); i++)
		if (strlen(tracepoints[i].name) == len && strncmp(tracepoints[i].name, name, len) == 0)
			return &tracepoints[i];
	return NULL;
}

static const char *back_blanks(const char *start, const char *at)
{
	while (at > start && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at;
}

static const char *back_word(const char *start, const char *at)
{
	while (at > start && at[-1] != ' ' && at[-1] != '\t')
		at--;
	return at;
}

static const char *back_digits(const char *start, const char *at)
{
	while (at > start && is_digit(at[-1]))
		at--;
	return at;
}

/* The prefix of an event, from its name backwards, because commands may hold anything. */
struct prefix {
	int64_t time_ns;
	uint64_t pid;
	const char *comm;
	size_t comm_len;
};

/* Takes the time off the end of what stands before the name; where it began, or NULL. */
static const char *back_time(const char *text, const char *name, struct prefix *prefix)
{
	const char *at = name, *start;

	if (at - text > 6 && strncmp(at - 6, "block:", 6) == 0)
		at -= 6;
	at = back_blanks(text, at);
	if (at == text || at[-1] != ':')
		return NULL;
	start = back_digits(text, at - 1);
	if (start > text && start[-1] == '.' && is_digit(at[-2])) {
		start = back_digits(text, start - 1);
		return scan_time(start, 1000000000, &prefix->time_ns) ? start : NULL;
	}
	/* A trace clock without seconds ("counter", "x86-tsc") has one whole number. */
	return scan_time(start, 1, &prefix->time_ns) ? start : NULL;
}

static bool scan_prefix(const char *text, const char *name, struct prefix *prefix)
{
	const char *at = back_time(text, name, prefix), *start;

	if (at == NULL)
		return false;
	at = back_blanks(text, at);
	start = back_word(text, at);
	if (at > text && at[-1] != ']' && back_digits(text, at) != start)
		at = back_blanks(text, start); /* the flags */
	if (at > text && at[-1] == ']')
		at = back_blanks(text, back_word(text, at)); /* the CPU */
	if (at > text && at[-1] == ')') {
		while (at > text && *at != '(') /* the thread group */
			at--;
		at = back_blanks(text, at);
	}
	start = back_digits(text, at);
	if (start == at || start == text || (start[-1] != '-' && start[-1] != ' ' && start[-1] != '/'))
		return false;
	scan_decimal(start, &prefix->pid);
	if (start[-1] == '/')
		start = back_digits(text, start - 1);
	prefix->comm = scan_blanks(text);
	at = start > prefix->comm && start[-1] == '-' ? start - 1 : back_blanks(text, start);
	prefix->comm_len = at > prefix->comm ? (size_t)(at - prefix->comm) : 0;
	return true;
}

static bool is_event(const char *text)
{
	struct prefix prefix;
	const char *end, *name = text[0] == '#' ? NULL : find_event(text, &end);

	return strncmp(text, "# tracer:", 9) == 0 || (name != NULL && scan_prefix(text, name, &prefix));
}

static bool ftrace_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_event);
}

/* What follows an event's name. */
struct payload {
	const char *device, *rwbs, *bracket, *bracket_end;
	size_t device_len, rwbs_len;
	uint64_t sector, sectors;
};

static bool scan_payload(const char *at, const char *end, const struct tracepoint *point,
			 struct payload *payload)
{
	uint64_t number;

	payload->device = at;
	at = scan_decimal(scan_char(scan_decimal(at, &number), ','), &number);
	payload->device_len = at ? (size_t)(at - payload->device) : 0;
	payload->rwbs = scan_char(at, ' ');
	at = scan_word(payload->rwbs);
	payload->rwbs_len = at ? (size_t)(at - payload->rwbs) : 0;
	at = scan_blanks(at);
	if (point->has_bytes)
		at = scan_char(scan_decimal(at, &number), ' ');
	if (point->has_cdb) {
		at = scan_char(at, '(');
		at = at ? strchr(at, ')') : NULL;
		at = scan_char(scan_char(at, ')'), ' ');
	}
	at = scan_decimal(at, &payload->sector);
	at = scan_decimal(scan_text(at, " + "), &payload->sectors);
	payload->bracket = at ? strchr(at, '[') : NULL;
	while (end > payload->device && end[-1] == ' ')
		end--;
	payload->bracket_end = end - 1;
	return payload->bracket != NULL && end[-1] == ']' && payload->bracket++ < end - 1;
}

/* The command of a request's prefix may be a kernel thread's; the one in brackets is the requester's. */
static int take_names(struct trace *trace, const struct prefix *prefix, const struct payload *payload,
		      struct event *event, struct err *err)
{
	size_t len = (size_t)(payload->bracket_end - payload->bracket);
	long device = trace_device(trace, payload->device, payload->device_len, err), comm;

	if (event->stage == STAGE_COMPLETE || event->stage == STAGE_REQUEUE) {
		if (len != 1 || payload->bracket[0] != '0')
			event->access.flags |= ACCESS_FAILED;
		comm = trace_comm(trace, prefix->comm, prefix->comm_len, err);
	} else {
		comm = trace_comm(trace, payload->bracket, len, err);
	}
	event->access.device = (uint32_t)device;
	event->access.comm = (uint32_t)comm;
	event->access.pid = (uint32_t)prefix->pid;
	event->access.time_ns = prefix->time_ns;
	return device < 0 || comm < 0 ? -1 : 0;
}

/* "block_bio_remap: MAJ,MIN RWBS SECTOR + COUNT <- (MAJ,MIN) SECTOR" */
static int take_remap(struct trace *trace, const char *at, struct err *err)
{
	char name[REMAP_NAME], from[REMAP_NAME];
	uint64_t sector, from_sector, count;
	const char *word = at, *open;

	at = scan_word(word);
	snprintf(name, sizeof(name), "%.*s", at ? (int)(at - word) : 0, word);
	at = scan_decimal(scan_blanks(scan_word(scan_blanks(at))), &sector);
	at = scan_text(scan_decimal(scan_text(at, " + "), &count), " <- (");
	open = at;
	at = at ? strchr(at, ')') : NULL;
	if (at == NULL || scan_decimal(scan_text(at, ") "), &from_sector) == NULL)
		return 0;
	snprintf(from, sizeof(from), "%.*s", (int)(at - open), open);
	return trace_remap(trace, name, from, sector, from_sector, err);
}

static int make_event(struct trace *trace, const struct line *line, const char *name, const char *end,
		      struct event *event, struct err *err)
{
	const struct tracepoint *point = tracepoint_of(name, end);
	struct prefix prefix;
	struct payload payload = {.sector = 0};
	int counts;

	if (!scan_prefix(line->text, name, &prefix))
		return line_bad(line, "'TASK-PID [CPU] TIME: ' before the event's name", err);
	if (point == NULL && trace->surveying && strncmp(name, "block_bio_remap:", 16) == 0)
		return take_remap(trace, scan_blanks(end), err);
	if (point == NULL)
		return 0;
	if (!scan_payload(scan_blanks(end), line->text + line->len, point, &payload))
		return line_bad(
		    line, "'MAJ,MIN RWBS ... SECTOR + COUNT ... [COMMAND OR ERROR]' after the event's name",
		    err);
	event->access = access_blank();
	event->stage = point->stage;
	counts = rwbs_parse(payload.rwbs, payload.rwbs_len, payload.sectors, &event->access);
	if (counts < 0)
		return line_wrong(line, err, "'%.*s' is not the kind of a request (R, W, D, F ...)",
				  payload.rwbs_len < 40 ? (int)payload.rwbs_len : 40, payload.rwbs);
	if (counts == 0 || (event->access.op != ACCESS_FLUSH && payload.sectors == 0))
		return 0;
	if (event->access.op != ACCESS_FLUSH &&
	    !access_set_sectors(&event->access, payload.sector, payload.sectors))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	return take_names(trace, &prefix, &payload, event, err) != 0 ? -1 : 1;
}

/* Lines between the events that tell of losses: "CPU:1 [LOST 12 EVENTS]", "CPU:1 [12 EVENTS DROPPED]". */
static bool take_loss(struct ftrace *state, const char *text)
{
	const char *lost = strstr(text, "[LOST "), *dropped = strstr(text, " EVENTS DROPPED]");
	const char *perf = strstr(text, "PERF_RECORD_LOST lost ");
	uint64_t n = 0;

	if (strncmp(text, "CPU:", 4) == 0 && lost != NULL)
		scan_decimal(lost + 6, &n);
	else if (strncmp(text, "CPU:", 4) == 0 && dropped != NULL && strchr(text, '[') != NULL)
		scan_decimal(strchr(text, '[') + 1, &n);
	else if (perf != NULL)
		scan_decimal(perf + strlen("PERF_RECORD_LOST lost "), &n);
	events_lost(state->events, n);
	return n > 0;
}

/* Whether a line without a block event may stand here: another event, a comment, a header of
   trace-cmd, a call chain of perf. */
static bool is_other(const char *text)
{
	static const char *const starts[] = {"#",         "cpus=", "version = ", "CPU",
					     "trace-cmd", "\t",    "          "};

	if (text[0] == '\0' || strstr(text, "PERF_RECORD_") != NULL)
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	for (const char *at = text; (at = strchr(at, ':')) != NULL; at++)
		if (at > text + 2 && is_digit(at[-1]) && at[1] == ' ')
			return true;
	return false;
}

static int next_event(struct trace *trace, struct event *event, struct err *err)
{
	struct ftrace *state = trace->state;
	struct line line;
	int got;

	while ((got = input_line(trace->input, &line, err)) == 1) {
		const char *end = NULL, *name = line.text[0] == '#' ? NULL : find_event(line.text, &end);

		if (name != NULL)
			got = make_event(trace, &line, name, end, event, err);
		else if (take_loss(state, line.text) || (is_other(line.text) && line.ended))
			continue;
		else
			got = line_bad(&line, "an event: 'TASK-PID [CPU] TIME: EVENT: ...'", err);
		got = line_done(trace, &line, got, err);
		if (got != 0)
			return got;
	}
	return got;
}

static void ftrace_close(struct trace *trace)
{
	struct ftrace *state = trace->state;

	if (state != NULL)
		events_free(state->events);
	free(state);
}

static int ftrace_open(struct trace *trace, struct err *err)
{
	struct ftrace *state = calloc(1, sizeof(*state));

	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	state->events = events_new(trace, next_event, INT64_C(1000000000), err);
	return state->events ? 0 : -1;
}

static long ftrace_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct ftrace *state = trace->state;

	return events_read(state->events, batch, n, err);
}

const struct trace_format format_ftrace = {
    .name = "ftrace",
    .help = "the kernel's block tracepoints as ftrace, trace-cmd report or perf script print them",
    .sign = "it holds lines of the kernel's block tracepoints",
    .events = EVENTS_OPTION,
    .probe = ftrace_probe,
    .open = ftrace_open,
    .read = ftrace_read,
    .close = ftrace_close,
};
