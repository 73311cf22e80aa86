/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which lines may be left out, and how that is told. */
#include "trace/input/strays.h"

#include "trace/input/input.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool line_is_comment(const char *text)
{
	text += strspn(text, " \t");
	return *text == '\0' || *text == '#' || begins(text, "//");
}

/* "user@host:~$ command", "[root@host ~]# ", "$ command", "C:\>": a word of a prompt's, then its sign. */
static bool is_prompt(const char *text)
{
	size_t sign = strcspn(text, "$#>%");

	if (text[sign] == '\0' || sign > 80 || (text[sign + 1] != ' ' && text[sign + 1] != '\0'))
		return false;
	return sign == 0 || memchr(text, '@', sign) != NULL || begins(text, "root") || begins(text, "C:\\");
}

bool line_is_around(const char *text)
{
	static const char *const starts[] = {
	    "<",          "^C",     "--",        "```",    "Script started", "Script done",        "Killed",
	    "Terminated", "[sudo]", "Password:", "nohup:", "Last login",     "command terminated", "tail:",
	    "==>",
	};

	text += strspn(text, " \t\r\xef\xbb\xbf");
	if (line_is_comment(text) || is_prompt(text))
		return true;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (begins(text, starts[i]))
			return true;
	return false;
}

bool strays_take(struct strays *strays, const struct line *line, const struct err *err)
{
	bool comment = line_is_comment(line->text);

	if (!err->of_line)
		return false;
	if (!comment && strays->lead + strays->between + strays->run == 0)
		strays->why = *err;
	if (strays->n++ == 0)
		strays->first = line->number;
	strays->run += !comment;
	strays->cut_off = !line->ended;
	return true;
}

void strays_read(struct strays *strays, const struct line *line)
{
	if (line->len == 0)
		return;
	strays_good(strays, 1);
	if (!line->ended)
		strays->cut = line->number;
}

static bool too_many(const struct strays *strays)
{
	uint64_t room = (strays->good + strays->n) / STRAYS_BETWEEN_PART;

	return strays->lead > STRAYS_AT_ENDS || strays->run > STRAYS_AT_ENDS ||
	       strays->between > (room > 0 ? room : 1);
}

int strays_check(const struct strays *strays, struct err *err)
{
	uint64_t wrong = strays->lead + strays->between + strays->run;

	if (wrong == 0)
		return 0;
	if (strays->good == strays->headers)
		return err_set(err, "%s", strays->why.text);
	if (!too_many(strays))
		return 0;
	return err_set(
	    err,
	    "%s; %" PRIu64 " of %" PRIu64 " lines are none of the trace, and 1 in 100 may be left out (or "
	    "100 at each end): cut them out, or say with --format what the trace is, see blkmap-traces(5)",
	    strays->why.text, wrong, strays->good + strays->n);
}

bool strays_tell(struct strays *strays, char *text, size_t size)
{
	uint64_t n = strays->n, cut = strays->cut;

	if (n > 0) {
		snprintf(text, size, "%" PRIu64 " line%s left out, first: %" PRIu64 "%s", n,
			 n == 1 ? "" : "s", strays->first, strays->cut_off ? "; the last is cut off" : "");
		strays->n = 0;
		strays->lead = strays->between = strays->run = 0;
		return true;
	}
	strays->cut = 0;
	if (cut > 0)
		snprintf(text, size, "line %" PRIu64 " has no line end and may be cut off%s", cut,
			 strays->uncertain ? "; it ends in a number, so its access is uncertain" : "");
	return cut > 0;
}
