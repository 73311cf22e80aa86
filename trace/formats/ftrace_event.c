/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of ftrace, trace-cmd report and perf script. */
#include "trace/formats/ftrace_event.h"

#include "trace/formats/scan.h"

#include <string.h>

static const struct ftrace_point tracepoints[] = {
    {"block_bio_queue", STAGE_QUEUE, false, false},     {"block_rq_issue", STAGE_ISSUE, true, true},
    {"block_rq_complete", STAGE_COMPLETE, false, true}, {"block_bio_complete", STAGE_COMPLETE, false, false},
    {"block_rq_requeue", STAGE_REQUEUE, false, true},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *ftrace_find(const char *text, const char **end)
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

const struct ftrace_point *ftrace_point(const char *name, const char *end)
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

/* Takes the time off the end of what stands before the name; where it began, or NULL. */
static const char *back_time(const char *text, const char *name, struct ftrace_prefix *prefix)
{
	const char *at = name, *start;

	if (at > text && at[-1] == ':') /* the tracepoint's group, of perf script */
		at = back_word(text, at - 1);
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

/* "PID/TID", as perf script -F pid,tid has it. */
static bool is_pid_tid(const char *word)
{
	uint64_t number;

	return scan_decimal(scan_char(scan_decimal(word, &number), '/'), &number) != NULL;
}

bool ftrace_prefix_scan(const char *text, const char *name, struct ftrace_prefix *prefix)
{
	const char *at = back_time(text, name, prefix), *start;

	if (at == NULL)
		return false;
	at = back_blanks(text, at);
	if (at == text) /* perf script -F time,event,trace */
		return true;
	start = back_word(text, at);
	if (at > text && at[-1] != ']' && back_digits(text, at) != start && !is_pid_tid(start))
		at = back_blanks(text, start); /* the flags */
	if (at > text && at[-1] == ']')
		at = back_blanks(text, back_word(text, at)); /* the CPU */
	if (at == text)
		return true;
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

bool ftrace_payload_scan(const char *at, const char *end, const struct ftrace_point *point,
			 struct ftrace_payload *payload)
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
