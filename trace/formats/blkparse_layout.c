/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkparse(1), "TRACE FORMAT": literal characters and conversions %[WIDTH]LETTER.  Widths only pad, so
   blanks before a value are passed over and the widths are not looked at. */
#include "trace/formats/blkparse_layout.h"

#include "trace/access.h"
#include "trace/input/lines.h"
#include "trace/formats/scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PIECES_MAX 64

struct piece {
	char letter;  /* of a conversion, or 0 for a literal character */
	char literal; /* ' ' stands for any blanks */
};

struct layout {
	struct piece pieces[PIECES_MAX];
	size_t n;
	char *format;
};

/* The next piece of a format; where it ends, or NULL. */
static const char *next_piece(const char *at, struct piece *piece)
{
	*piece = (struct piece){.letter = 0, .literal = *at};
	if (at[0] == '\\' && (at[1] == 'n' || at[1] == 't')) {
		piece->literal = ' ';
		return at + 2;
	}
	if (*at == '\n' || *at == '\t')
		piece->literal = ' ';
	if (*at != '%')
		return at + 1;
	at += 1 + strspn(at + 1, "-0123456789");
	if (*at == '%')
		return at + 1;
	if (*at == '\0' || strchr("acCdDegmMnNpPsStTuUz", *at) == NULL)
		return NULL;
	piece->letter = *at;
	return at + 1;
}

static bool has(const struct layout *layout, char letter)
{
	for (size_t i = 0; i < layout->n; i++)
		if (layout->pieces[i].letter == letter)
			return true;
	return false;
}

static int compile(struct layout *layout, const char *format, struct err *err)
{
	while (*format != '\0') {
		if (layout->n == PIECES_MAX)
			return err_set(err, "the blkparse format is longer than %d pieces", PIECES_MAX);
		format = next_piece(format, &layout->pieces[layout->n++]);
		if (format == NULL)
			return err_set(err,
				       "the blkparse format has a conversion that blkparse(1) does not know");
	}
	while (layout->n > 0 && layout->pieces[layout->n - 1].letter == 0 &&
	       layout->pieces[layout->n - 1].literal == ' ')
		layout->n--;
	if (!has(layout, 'd') || !has(layout, 'S') || (!has(layout, 'n') && !has(layout, 'N')))
		return err_set(err, "the blkparse format needs %%d, %%S and one of %%n and %%N");
	return 0;
}

struct layout *layout_new(const char *format, struct err *err)
{
	struct layout *layout = calloc(1, sizeof(*layout));

	if (layout != NULL)
		layout->format = strdup(format);
	if (layout == NULL || layout->format == NULL)
		err_nomem(err);
	if (layout == NULL || layout->format == NULL || compile(layout, format, err) != 0) {
		layout_free(layout);
		return NULL;
	}
	return layout;
}

void layout_free(struct layout *layout)
{
	if (layout != NULL)
		free(layout->format);
	free(layout);
}

/* Where a text that may hold blanks ends: before what the format has next. */
static const char *text_end(const struct piece *next, const char *at, const char *end)
{
	const char *stop;

	if (next == NULL)
		return end;
	stop = next->letter == 0 ? strrchr(at, next->literal) : strchr(at, ' ');
	return stop ? stop : end;
}

/* A word ends at a blank or at the literal that follows. */
static const char *word_end(const struct piece *next, const char *at)
{
	const char *end = scan_word(at), *stop;

	if (end == NULL || next == NULL || next->letter != 0 || next->literal == ' ')
		return end;
	stop = memchr(at, next->literal, (size_t)(end - at));
	return stop ? stop : end;
}

static void take_number(char letter, uint64_t value, struct blkparse_event *event)
{
	switch (letter) {
	case 'M':
		event->major = value;
		break;
	case 'm':
		event->minor = value;
		break;
	case 'S':
		event->sector = value;
		break;
	case 'n':
		event->sectors = value;
		break;
	case 'N':
		event->sectors = value / 512 + (value % 512 != 0);
		break;
	case 'p':
		event->pid = value;
		break;
	case 'T':
		event->time_ns += value < INT64_MAX / 2000000000 ? (int64_t)value * 1000000000 : 0;
		break;
	case 't':
		event->time_ns += (int64_t)(value % 1000000000);
		break;
	default:
		break;
	}
}

static const char *scan_part(char letter, const struct piece *next, const char *at, const char *end,
			     struct blkparse_event *event)
{
	uint64_t value = 0;
	const char *stop;

	at = scan_blanks(at);
	switch (letter) {
	case 'a':
		stop = word_end(next, at);
		event->action = at;
		event->action_len = stop ? (size_t)(stop - at) : 0;
		return stop;
	case 'd':
		stop = word_end(next, at);
		event->rwbs = at;
		event->rwbs_len = stop ? (size_t)(stop - at) : 0;
		return stop;
	case 'C':
		stop = text_end(next, at, end);
		event->bracket = at;
		event->bracket_len = (size_t)(stop - at);
		return stop;
	case 'D':
		stop = scan_decimal(scan_char(scan_decimal(at, &value), ','), &value);
		event->device = at;
		event->device_len = stop ? (size_t)(stop - at) : 0;
		return stop;
	case 'P':
	case 'g':
	case 'z':
		return text_end(next, at, end);
	default:
		break;
	}
	stop = scan_decimal(*at == '-' ? at + 1 : at, &value);
	if (stop != NULL)
		take_number(letter, value, event);
	return stop;
}

static int bad(const struct layout *layout, const struct line *line, struct err *err)
{
	char expected[256];

	snprintf(expected, sizeof(expected), "a line of the format '%.200s'", layout->format);
	return line_bad(line, expected, err);
}

int layout_scan(const struct layout *layout, const struct line *line, struct blkparse_event *event,
		struct err *err)
{
	const char *at = line->text, *end = line->text + line->len;

	if (line->len == 0)
		return 0;
	for (size_t i = 0; i < layout->n && at != NULL; i++) {
		const struct piece *next = i + 1 < layout->n ? &layout->pieces[i + 1] : NULL;

		if (layout->pieces[i].letter != 0)
			at = scan_part(layout->pieces[i].letter, next, at, end, event);
		else if (layout->pieces[i].literal == ' ')
			at = scan_blanks(at);
		else
			at = scan_char(scan_blanks(at), layout->pieces[i].literal);
	}
	if (at == NULL || event->rwbs_len == 0 || *scan_blanks(at) != '\0')
		return bad(layout, line, err);
	if (event->device_len == 0 && has(layout, 'M') && has(layout, 'm')) {
		snprintf(event->device_text, sizeof(event->device_text), "%" PRIu64 ",%" PRIu64, event->major,
			 event->minor);
		event->device = event->device_text;
		event->device_len = strlen(event->device_text);
	}
	if (!has(layout, 'T') && !has(layout, 't'))
		event->time_ns = ACCESS_NO_TIME;
	if (event->action_len == 0) {
		event->action = "D";
		event->action_len = 1;
	}
	return 1;
}
