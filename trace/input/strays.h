/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines in a text that are none of its trace: a comment, a prompt that was copied with it, ^C, HTML around
   it, and a last line that was cut off.  They are left out and counted, as long as they are few. */
#ifndef TRACE_INPUT_STRAYS_H
#define TRACE_INPUT_STRAYS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRAYS_AT_ENDS 100      /* lines before the first of the trace, and behind the last */
#define STRAYS_BETWEEN_PART 100 /* one of so many between them, and always one */
#define STRAYS_TEXT 200

struct line;

/* Starts zeroed. */
struct strays {
	uint64_t n, first; /* all of them, and the number of the first */
	uint64_t lead, between,
	    run;          /* of those that are no comments: before the trace, in it, since its last */
	uint64_t good;    /* lines of the trace */
	uint64_t headers; /* of these, those that only name columns */
	uint64_t cut;     /* a line that was read though it has no end: its number */
	bool cut_off;     /* the last stray has no end */
	bool uncertain;   /* the cut one ends in a number */
	bool told;
	struct err why; /* what was wrong with the first that is no comment */
};

/* Lines of the trace have come. */
static inline void strays_good(struct strays *strays, uint64_t n)
{
	strays->between += strays->good > 0 && n > 0 ? strays->run : 0;
	strays->lead += strays->good == 0 && n > 0 ? strays->run : 0;
	if (n > 0)
		strays->run = 0;
	strays->good += n;
}

/* A line is wrong, for the reason in *err: true when it is left out. */
bool strays_take(struct strays *strays, const struct line *line, const struct err *err);

/* A line has been read: what its lack of an end means. */
void strays_read(struct strays *strays, const struct line *line);

/* Whether the line is a comment or an empty one. */
bool line_is_comment(const char *text);

/* Whether the line has the looks of what stands around traces: comments, HTML, prompts, what shells say. */
bool line_is_around(const char *text);

/* At the end: 0, or -1 with an error when there are too many. */
int strays_check(const struct strays *strays, struct err *err);

/* The next note about them; false when there are no more. */
bool strays_tell(struct strays *strays, char *text, size_t size);

#endif
