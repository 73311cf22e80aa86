/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and probing line by line. */
#include "trace/input/lines.h"

#include "trace/requests/pairs.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int line_bad(const struct line *line, const char *expected, struct err *err)
{
	const char *what = "";

	if (memchr(line->text, '\0', line->len) != NULL)
		what = "binary data, ";
	else if (!line->ended)
		what = "cut off, ";
	err_set(err, "line %" PRIu64 ": %sexpected %s", line->number, what, expected);
	err->of_line = true;
	return -1;
}

int line_wrong(const struct line *line, struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->of_line = true;
	return err_prefix(err, "line %" PRIu64 ": ", line->number);
}

void line_check_end(struct trace *trace, const struct line *line, struct access *access)
{
	if (line->ended)
		return;
	access->flags |= ACCESS_UNCERTAIN;
	trace->strays.uncertain = true;
}

int line_done(struct trace *trace, const struct line *line, int got, struct err *err)
{
	/* Parts are merged without their notes, and a piece does not know its lines' numbers in the trace. */
	bool piece = trace->options.piece || trace_is_cut(trace);

	if (got >= 0 && piece && !line->ended && line->len > 0)
		return line_wrong(line, err, "cut off, its line end is missing");
	if (got >= 0)
		strays_read(&trace->strays, line);
	else if (!piece && strays_take(&trace->strays, line, err))
		return 0;
	return got;
}

bool line_stray(struct trace *trace, const struct line *line, const char *expected, struct err *err)
{
	if (line->len > 0) {
		line_bad(line, expected, err);
		strays_take(&trace->strays, line, err);
	}
	return trace->strays.run <= STRAYS_AT_ENDS;
}

long lines_read(struct trace *trace, struct access *batch, size_t n, line_parser *parse, struct err *err)
{
	struct line line;
	size_t done = 0;

	while (done < n) {
		int got = input_line(trace->input, &line, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		batch[done] = access_blank();
		got = line_done(trace, &line, parse(trace, &line, &batch[done], err), err);
		if (got < 0)
			return -1;
		done += (size_t)got;
	}
	return (long)done;
}

static int tell_unfinished(struct trace *trace, struct pairs *pairs, struct err *err)
{
	uint64_t unfinished = pairs_unfinished(pairs);

	pairs_forget_unfinished(pairs);
	if (unfinished == 0)
		return 0;
	return trace_note(trace, err, "%" PRIu64 " requests have no completion in the trace", unfinished);
}

long lines_read_pairs(struct trace *trace, struct pairs *pairs, struct access *batch, size_t n,
		      line_taker *take, struct err *err)
{
	struct line line;
	size_t done = 0;
	int got = 1;

	while ((done += pairs_take(pairs, batch + done, n - done, got == 0)) < n && got == 1) {
		got = input_line(trace->input, &line, err);
		if (got < 0 || (got == 1 && line_done(trace, &line, take(trace, &line, err), err) < 0))
			return -1;
	}
	return done == 0 && tell_unfinished(trace, pairs, err) != 0 ? -1 : (long)done;
}

/* Copies the line that starts at *at, moves *at behind it; false when there is no more. */
static bool next_line(const uint8_t *bytes, size_t len, size_t *at, char text[LINE_PROBE + 1])
{
	const uint8_t *start = bytes + *at, *lf;
	size_t line;

	if (*at >= len)
		return false;
	lf = memchr(start, '\n', len - *at);
	if (lf == NULL && *at > 0 && len >= INPUT_PEEK)
		return false;
	line = lf ? (size_t)(lf - start) : len - *at;
	*at += line + 1;
	if (line > 0 && start[line - 1] == '\r')
		line--;
	if (line > LINE_PROBE)
		line = LINE_PROBE;
	memcpy(text, start, line);
	text[line] = '\0';
	return true;
}

bool lines_first(const uint8_t *bytes, size_t len, line_matcher *match)
{
	char text[LINE_PROBE + 1];
	size_t at = 0;

	while (next_line(bytes, len, &at, text)) {
		if (match(text))
			return true;
		if (!line_is_around(text))
			return false;
	}
	return false;
}

bool lines_early(const uint8_t *bytes, size_t len, line_matcher *match)
{
	char text[LINE_PROBE + 1];
	size_t at = 0;

	for (int i = 0; i <= STRAYS_AT_ENDS && next_line(bytes, len, &at, text); i++)
		if (match(text))
			return true;
	return false;
}

bool lines_any(const uint8_t *bytes, size_t len, line_matcher *match)
{
	char text[LINE_PROBE + 1];
	size_t at = 0;

	while (next_line(bytes, len, &at, text))
		if (match(text))
			return true;
	return false;
}
