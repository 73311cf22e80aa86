/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* strace(1): "[PID ][TIME ]NAME(ARGUMENT, ...) = RESULT [<DURATION>]".  Strings are in quotes with
   backslashes; structures and arrays are in brackets. */
#include "trace/formats/strace_call.h"

#include "trace/access.h"
#include "trace/formats/scan.h"

#define SECOND INT64_C(1000000000)
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_"

bool call_is(struct text_part text, const char *word)
{
	return strlen(word) == text.len && strncmp(text.at, word, text.len) == 0;
}

bool call_number(struct text_part arg, uint64_t *value)
{
	const char *end = scan_number(arg.at, value);

	return end != NULL && end == arg.at + arg.len;
}

bool call_descriptor(struct text_part arg, int64_t *fd, struct text_part *path)
{
	uint64_t number;
	const char *at = scan_decimal(arg.at, &number), *end = arg.at + arg.len;

	*path = (struct text_part){.at = "", .len = 0};
	if (at == NULL || number > INT32_MAX)
		return false;
	*fd = (int64_t)number;
	if (at == end)
		return true;
	if (*at != '<' || end[-1] != '>')
		return false;
	path->at = ++at;
	/* strace -yy says more of a device or a socket in a second pair: "</dev/null<char 1:3>>". */
	while (at < end && *at != '<' && *at != '>')
		at++;
	path->len = (size_t)(at - path->at);
	return true;
}

/* "PID " or "[pid PID] ". */
static const char *scan_pid(const char *at, uint64_t *pid)
{
	const char *next = scan_text(at, "[pid"), *end;

	end = scan_decimal(scan_blanks(next ? next : at), pid);
	if (next != NULL)
		end = scan_char(end, ']');
	if (end == NULL || (*end != ' ' && *end != '\t')) {
		*pid = 0;
		return at;
	}
	return scan_blanks(end);
}

/* strace -t, -tt, -ttt or -r. */
static const char *scan_when(const char *at, struct call *call)
{
	const char *end = scan_clock(at, &call->time_ns);

	if (end == NULL) {
		end = scan_time(at, SECOND, &call->time_ns);
		call->time_is_relative = end != NULL && call->time_ns < 1000000 * SECOND;
	}
	if (end == NULL || *end != ' ') {
		call->time_ns = ACCESS_NO_TIME;
		call->time_is_relative = false;
		return at;
	}
	return scan_blanks(end);
}

/* Behind a string that starts at a quote; the end of the text when it has no end. */
static const char *skip_string(const char *at)
{
	for (at++; *at != '\0' && *at != '"'; at++)
		if (*at == '\\' && at[1] != '\0')
			at++;
	return *at == '"' ? at + 1 : at;
}

/* Splits arguments up to the parenthesis that closes them; where that is, or NULL. */
static const char *split_args(const char *at, struct call *call)
{
	const char *start = scan_blanks(at);
	unsigned depth = 0;

	for (at = start; *at != '\0'; at++) {
		if (*at == '"') {
			at = skip_string(at) - 1;
		} else if (*at == '[' || *at == '{' || *at == '(') {
			depth++;
		} else if (depth > 0 && (*at == ']' || *at == '}' || *at == ')')) {
			depth--;
		} else if (depth == 0 && (*at == ',' || *at == ')')) {
			if (call->nargs < CALL_ARGS && at > start)
				call->args[call->nargs++] =
				    (struct text_part){.at = start, .len = (size_t)(at - start)};
			if (*at == ')')
				return at;
			start = scan_blanks(at + 1);
		} else if (*at == '<') {
			/* A path: brackets and commas in it mean nothing. */
			size_t len = strcspn(at, ">");

			at += at[len] == '>' ? len : 0;
		}
	}
	return NULL;
}

/* "<0.000012>" at the end of the line. */
static void scan_duration(const char *text, struct call *call)
{
	const char *open = strrchr(text, '<');

	if (open == NULL || *scan_blanks(open) == '\0' ||
	    scan_time(open + 1, SECOND, &call->duration_ns) == NULL || text[strlen(text) - 1] != '>')
		call->duration_ns = ACCESS_NO_LATENCY;
}

bool call_scan_body(const char *body, struct call *call)
{
	size_t len = strspn(body, NAME_LETTERS);
	const char *at;
	uint64_t value;

	call->name = (struct text_part){.at = body, .len = len};
	call->nargs = 0;
	at = len > 0 && body[len] == '(' ? split_args(body + len + 1, call) : NULL;
	at = at ? scan_char(scan_blanks(at + 1), '=') : NULL;
	at = scan_blanks(at);
	if (at == NULL || *at == '\0')
		return false;
	call->result_at = at;
	call->has_result = scan_number(*at == '-' ? at + 1 : at, &value) != NULL && value <= INT64_MAX;
	call->result = call->has_result ? (*at == '-' ? -(int64_t)value : (int64_t)value) : -1;
	scan_duration(at, call);
	return true;
}

enum call_kind call_scan(const char *text, struct call *call)
{
	static const char unfinished[] = "<unfinished ...>";
	const char *at, *behind;
	size_t len;

	*call = (struct call){.time_ns = ACCESS_NO_TIME, .duration_ns = ACCESS_NO_LATENCY};
	if (text[0] == '\0' || strncmp(text, "strace: ", 8) == 0)
		return CALL_OTHER;
	at = scan_when(scan_blanks(scan_pid(scan_blanks(text), &call->pid)), call);
	call->body = at;
	if (strncmp(at, "+++ ", 4) == 0 || strncmp(at, "--- ", 4) == 0)
		return CALL_OTHER;
	behind = scan_text(at, "<... ");
	if (behind != NULL) {
		behind = strstr(behind, " resumed>");
		call->body = behind ? behind + strlen(" resumed>") : at;
		return behind ? CALL_RESUMED : CALL_BAD;
	}
	len = strlen(at);
	if (len >= strlen(unfinished) && strcmp(at + len - strlen(unfinished), unfinished) == 0)
		return CALL_UNFINISHED;
	return call_scan_body(at, call) ? CALL_COMPLETE : CALL_BAD;
}
