/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the formats made of lines have in common. */
#ifndef TRACE_INPUT_LINES_H
#define TRACE_INPUT_LINES_H

#include "trace/trace.h"

/* The error for a line that is not what it should be; `expected` completes "line 5: expected ...". */
int line_bad(const struct line *line, const char *expected, struct err *err);

/* The error for a line with a value that cannot be: "line 5: " and the text. */
int line_wrong(const struct line *line, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* For formats whose lines do not show where they end: a last one without its LF may lack a part of its last
   field, so the access is uncertain. */
void line_check_end(struct trace *trace, const struct line *line, struct access *access);

/* For formats that read lines themselves: what to do when a line has given `got`, which is an error when it
   is below 0.  As `got`, or 0 when the line was wrong and is left out. */
int line_done(struct trace *trace, const struct line *line, int got, struct err *err);

/* Reads lines and hands them to `parse`, which returns 1 when it filled in the access (blank before),
   0 when the line holds none, -1 on an error.  As trace_format.read. */
typedef int line_parser(struct trace *trace, struct line *line, struct access *access, struct err *err);
long lines_read(struct trace *trace, struct access *batch, size_t n, line_parser *parse, struct err *err);

/* The same for formats that tell of a request and its completion in two lines: `take` puts into and
   finishes in `pairs`; 0 or -1.  Puts the unfinished requests into the notes at the end. */
struct pairs;
typedef int line_taker(struct trace *trace, struct line *line, struct err *err);
long lines_read_pairs(struct trace *trace, struct pairs *pairs, struct access *batch, size_t n,
		      line_taker *take, struct err *err);

/* For formats that look for their first line: whether this one, which is not it, may be passed over.  Counts
   it. */
bool line_stray(struct trace *trace, const struct line *line, const char *expected, struct err *err);

/* For probes: whether the first line matches, but for those that are around a trace (line_is_around); whether
   one of the first STRAYS_AT_ENDS and one does; or whether any does.  Of a line only
   the first LINE_PROBE characters are looked at; one that the bytes cut off at their end is left out,
   unless it is the only one. */
#define LINE_PROBE 1023
typedef bool line_matcher(const char *text);
bool lines_first(const uint8_t *bytes, size_t len, line_matcher *match);
bool lines_early(const uint8_t *bytes, size_t len, line_matcher *match);
bool lines_any(const uint8_t *bytes, size_t len, line_matcher *match);

#endif
