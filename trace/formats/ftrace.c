/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of the kernel's block tracepoints: ftrace's trace file, trace-cmd report and perf script.
   Layouts from include/trace/events/block.h (TP_printk, Linux 2.6.36 to 6.18) and the three tools:

     TASK-PID [(TGID)] [CPU] [FLAGS] SECONDS.FRACTION: EVENT: ...        ftrace, trace-cmd
     COMMAND PID [CPU] SECONDS.FRACTION: block:EVENT: ...                perf script
     block_bio_queue, block_bio_complete: MAJ,MIN RWBS SECTOR + COUNT [COMMAND or ERROR]
     block_rq_issue:    MAJ,MIN RWBS BYTES (CDB) SECTOR + COUNT [PRIORITY] [COMMAND]
     block_rq_complete: MAJ,MIN RWBS (CDB) SECTOR + COUNT [PRIORITY] [ERROR]

   perf trace and babeltrace print the names of fields too (trace/formats/named_event.h).  Where a trace has
   no such event, the commands of drivers count (trace/formats/commands.h).  systrace puts ftrace's lines into
   a page of HTML. Other events are passed over. */
#include "trace/formats/commands.h"
#include "trace/formats/ftrace_event.h"
#include "trace/formats/named_event.h"
#include "trace/requests/events.h"
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/formats/rwbs.h"
#include "trace/formats/scan.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ftrace {
	struct events *events;
	struct commands commands;
	enum command_family family; /* what counts; COMMANDS_NONE for requests */
	uint64_t requests;          /* those that are left out */
	bool in_page, told;         /* within HTML, before the trace or behind it */
};

/* What the survey leaves for the reading: of UFS's places, the bits. */
enum { KEPT_PLACES };

static bool is_event(const char *text)
{
	struct ftrace_prefix prefix;
	struct named_event named;
	enum command_family family;
	bool whole;
	const char *end, *name = text[0] == '#' ? NULL : ftrace_find(text, &end);

	if (name == NULL && text[0] != '#')
		name = driver_command_find(text, &family, &end);
	return strncmp(text, "# tracer:", 9) == 0 ||
	       strstr(text, "<title>Android System Trace</title>") != NULL ||
	       strstr(text, "class=\"trace-data\"") != NULL ||
	       (name != NULL && ftrace_prefix_scan(text, name, &prefix)) ||
	       named_event_scan(text, &named, &whole);
}

static bool ftrace_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_event);
}

/* The command of a request's prefix may be a kernel thread's; the one in brackets is the requester's. */
static int take_names(struct trace *trace, const struct ftrace_prefix *prefix,
		      const struct ftrace_payload *payload, struct event *event, struct err *err)
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
	const struct ftrace_point *point = ftrace_point(name, end);
	struct ftrace_prefix prefix = {.comm = ""};
	struct ftrace_payload payload = {.sector = 0};
	int counts;

	if (!ftrace_prefix_scan(line->text, name, &prefix))
		return line_bad(line, "'TASK-PID [CPU] TIME: ' before the event's name", err);
	if (point == NULL && trace->surveying && strncmp(name, "block_bio_remap:", 16) == 0)
		return take_remap(trace, scan_blanks(end), err);
	if (point == NULL)
		return 0;
	if (!ftrace_payload_scan(scan_blanks(end), line->text + line->len, point, &payload))
		return line_bad(
		    line, "'MAJ,MIN RWBS ... SECTOR + COUNT ... [COMMAND OR ERROR]' after the event's name",
		    err);
	event->access = access_blank();
	event->stage = point->stage;
	counts = rwbs_parse(payload.rwbs, payload.rwbs_len, payload.sectors, &event->access);
	if (counts < 0)
		return line_wrong(line, err, "'%.*s' is not the kind of a request (R, W, D, F ...)",
				  payload.rwbs_len < 40 ? (int)payload.rwbs_len : 40, payload.rwbs);
	event->access.time_ns = prefix.time_ns;
	event->zone = counts == 0 && payload.rwbs[0] == 'Z' && payload.rwbs_len > 1 ? payload.rwbs[1] : 0;
	if (event->zone != 0)
		return 1;
	payload.sectors = rwbs_sectors(&event->access, payload.sectors);
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

	int64_t time;

	if (text[0] == '\0' || strstr(text, "PERF_RECORD_") != NULL)
		return true;
	/* Calls of perf trace, and events of other kinds of babeltrace. */
	if (scan_char(scan_time(scan_blanks(text), 1000000, &time), ' ') != NULL && strchr(text, '/') != NULL)
		return true;
	if (text[0] == '[' && strstr(text, ": {") != NULL)
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return true;
	for (const char *at = text; (at = strchr(at, ':')) != NULL; at++)
		if (at > text + 2 && at[-1] >= '0' && at[-1] <= '9' && at[1] == ' ')
			return true;
	return false;
}

/* An event with named fields. */
static int make_named(struct trace *trace, const struct line *line, const struct named_event *named,
		      bool whole, struct event *event, struct err *err)
{
	const struct ftrace_point *point = ftrace_point(named->name, named->name_end + 1);
	struct access *access = &event->access;
	char name[32];
	uint64_t sectors = rwbs_sectors(&named->access, named->sectors);
	long device, comm;

	if (point == NULL)
		return 0;
	if (!whole)
		return line_bad(line, "an event with dev, sector, nr_sector and rwbs", err);
	*access = named->access;
	event->stage = point->stage;
	access->time_ns = named->time_ns;
	event->zone = named->counts == 0 && named->rwbs[0] == 'Z' ? named->rwbs[1] : 0;
	if (event->zone != 0)
		return 1;
	if (named->counts == 0 || (access->op != ACCESS_FLUSH && sectors == 0))
		return 0;
	if (access->op != ACCESS_FLUSH && !access_set_sectors(access, named->sector, sectors))
		return line_wrong(line, err, "the request ends beyond 2^63 bytes");
	if (named->failed)
		access->flags |= ACCESS_FAILED;
	snprintf(name, sizeof(name), "%u,%u", (unsigned)(named->device >> 20 & 0xfff),
		 (unsigned)(named->device & 0xfffff));
	device = trace_device(trace, name, strlen(name), err);
	comm = trace_comm(trace, named->comm ? named->comm : "", named->comm_len, err);
	access->device = (uint32_t)device;
	access->comm = (uint32_t)comm;
	access->pid = (uint32_t)named->pid;
	return device < 0 || comm < 0 ? -1 : 1;
}

/* A command of a driver. */
static int make_command(struct trace *trace, const struct line *line, enum command_family family,
			const char *name, const char *payload, struct event *event, struct err *err)
{
	struct ftrace *state = trace->state;
	struct ftrace_prefix prefix = {.comm = ""};
	struct command command;
	long device, comm;
	int got;

	if (!ftrace_prefix_scan(line->text, name, &prefix))
		return line_bad(line, "'TASK-PID [CPU] TIME: ' before the event's name", err);
	if (state->family != family)
		return 0;
	got = driver_command_scan(&state->commands, family, name, payload, &command);
	trace->kept[KEPT_PLACES] |= state->commands.low_bits;
	if (got < 0)
		return line_bad(line, "a command as Linux prints it", err);
	if (got == 0)
		return 0;
	*event = command.event;
	device = trace_device(trace, command.device, strlen(command.device), err);
	comm = trace_comm(trace, prefix.comm, prefix.comm_len, err);
	event->access.device = (uint32_t)device;
	event->access.comm = (uint32_t)comm;
	event->access.pid = (uint32_t)prefix.pid;
	event->access.time_ns = prefix.time_ns;
	return device < 0 || comm < 0 ? -1 : 1;
}

/* Before the trace of a page, and behind it: true when the line is of the page. */
static bool is_page(struct ftrace *state, struct line *line)
{
	if (state->in_page) {
		state->in_page = strstr(line->text, "class=\"trace-data\"") == NULL &&
				 strstr(line->text, "linuxPerfData = ") == NULL;
		return true;
	}
	/* Early versions have the lines in a string of JavaScript, each with \n\ at its end. */
	if (line->len >= 3 && strcmp(line->text + line->len - 3, "\\n\\") == 0)
		line->text[line->len -= 3] = '\0';
	if (strstr(line->text, "</script>") == NULL)
		return false;
	state->in_page = true;
	return true;
}

static int take_line(struct trace *trace, struct line *line, struct event *event, struct err *err)
{
	struct ftrace *state = trace->state;
	struct named_event named;
	enum command_family family;
	bool whole, is_named = named_event_scan(line->text, &named, &whole);
	const char *end = NULL,
		   *name = is_named || line->text[0] == '#' ? NULL : ftrace_find(line->text, &end);

	if ((name != NULL || is_named) && state->family != COMMANDS_NONE) {
		state->requests++;
		return 0;
	}
	if (is_named)
		return make_named(trace, line, &named, whole, event, err);
	if (name != NULL)
		return make_event(trace, line, name, end, event, err);
	if (line->text[0] != '#' && (name = driver_command_find(line->text, &family, &end)) != NULL)
		return make_command(trace, line, family, name, end, event, err);
	if (take_loss(state, line->text) || (is_other(line->text) && line->ended))
		return 0;
	return line_bad(line, "an event: 'TASK-PID [CPU] TIME: EVENT: ...'", err);
}

static int tell_commands(struct trace *trace, struct ftrace *state, struct err *err)
{
	const struct commands *commands = &state->commands;

	if (state->told || trace->surveying)
		return 0;
	state->told = true;
	if (commands->counted > 0 &&
	    trace_note(trace, err,
		       "places are taken for blocks of %" PRIu64
		       " bytes, which this trace does not say; --format ftrace:%d says another size",
		       commands->block, commands->block == 512 ? 4096 : 512) != 0)
		return -1;
	if (state->requests > 0 &&
	    trace_note(trace, err,
		       "%" PRIu64 " block_* events are left out; --format ftrace:block counts them",
		       state->requests) != 0)
		return -1;
	if (commands->placeless == 0)
		return 0;
	return trace_note(
	    trace, err, "%" PRIu64 " commands (discards and others) do not say their places and are left out",
	    commands->placeless);
}

static int next_event(struct trace *trace, struct event *event, struct err *err)
{
	struct ftrace *state = trace->state;
	struct line line;
	int got;

	while ((got = input_line(trace->input, &line, err)) == 1) {
		if (is_page(state, &line))
			continue;
		got = line_done(trace, &line, take_line(trace, &line, event, err), err);
		if (got != 0)
			return got;
	}
	return got == 0 ? tell_commands(trace, state, err) : got;
}

static void ftrace_close(struct trace *trace)
{
	struct ftrace *state = trace->state;

	if (state != NULL) {
		events_free(state->events);
		commands_done(&state->commands);
	}
	free(state);
}

/* UFS has blocks of 4096 bytes: where its places are sectors, all are multiples of 8. */
static int choose_what_counts(struct trace *trace, struct ftrace *state, struct err *err)
{
	bool chosen = false;
	const uint8_t *bytes;
	long len = input_peek(trace->input, &bytes, INPUT_PEEK, err);

	if (len < 0 || commands_options(&state->commands, trace->argument, &state->family, &chosen, err) != 0)
		return -1;
	if (!chosen)
		state->family = commands_first(bytes, (size_t)len);
	if (state->commands.block == 0)
		state->commands.block =
		    state->family == COMMANDS_UFS && (trace->kept[KEPT_PLACES] & 7) != 0 ? 4096 : 512;
	state->in_page = len > 0 && bytes[0] == '<';
	return 0;
}

static int ftrace_open(struct trace *trace, struct err *err)
{
	struct ftrace *state = calloc(1, sizeof(*state));

	trace->state = state;
	if (state == NULL)
		return err_nomem(err);
	if (choose_what_counts(trace, state, err) != 0)
		return -1;
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
    .help = "the kernel's block tracepoints, or NVMe, SCSI and UFS commands, as ftrace, trace-cmd report,\n"
	    "             perf script and trace, babeltrace and systrace print them; ftrace:4096: blocks of "
	    "commands",
    .sign = "it holds lines of the kernel's block tracepoints",
    .events = EVENTS_OPTION,
    .probe = ftrace_probe,
    .open = ftrace_open,
    .read = ftrace_read,
    .close = ftrace_close,
};
