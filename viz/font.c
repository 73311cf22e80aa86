/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text widths.  The tables are DejaVu Sans 2.37's advance widths in hundredths of the font's size. */
#include "viz/font.h"

#include "base/escape.h"

#include <string.h>

#define FIRST 32
#define LAST 126

static const unsigned char faces[2][LAST - FIRST + 1] = {
    /* regular */
    {
	32, 41, 46, 84, 64, 96, 78, 28, 40,  40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 34, 34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79,
	61, 79, 70, 64, 62, 74, 69, 99, 69,  62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64,
	64, 28, 28, 58, 28, 98, 64, 62, 64,  64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
    },
    /* bold */
    {
	35, 46, 53, 84, 70, 101, 88, 31,  46,  46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70,  70, 70,
	70, 70, 40, 40, 84, 84,  84, 59,  100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 86,
	74, 86, 78, 73, 69, 82,  78, 111, 78,  73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68,  44, 72,
	72, 35, 35, 67, 35, 105, 72, 69,  72,  72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72,  84,
    },
};

#define OTHER_NARROW 70 /* two-byte characters: Latin, Greek, Cyrillic, Hebrew, Arabic */
#define OTHER_WIDE 105  /* everything above, up to full-width ones and emoji */

static unsigned advance(const char *at, size_t len, bool bold)
{
	unsigned char c = (unsigned char)at[0];

	if (len == 1 && c >= FIRST && c <= LAST)
		return faces[bold][c - FIRST];
	return len <= 2 ? OTHER_NARROW + 10u * bold : OTHER_WIDE;
}

double font_width(const char *text, double size, bool bold)
{
	size_t left = strlen(text);
	unsigned sum = 0;

	while (left > 0) {
		size_t len = utf8_char(text, left);

		len = len == 0 ? 1 : len;
		sum += advance(text, len, bold);
		text += len;
		left -= len;
	}
	return sum * size / 100;
}

/* How many bytes fit, and the width they take. */
static size_t fitting(const char *text, double size, bool bold, double room, double *width)
{
	size_t left = strlen(text), n = 0;
	unsigned sum = 0;

	while (left > 0) {
		size_t len = utf8_char(text + n, left);
		unsigned more;

		len = len == 0 ? 1 : len;
		more = advance(text + n, len, bold);
		if ((sum + more) * size / 100 > room)
			break;
		sum += more;
		n += len;
		left -= len;
	}
	*width = sum * size / 100;
	return n;
}

double font_fit(struct text *out, const char *text, double size, bool bold, double room)
{
	static const char ellipsis[] = "...";
	struct text clean = {0};
	double width, dots = font_width(ellipsis, size, bold);
	size_t n;

	escape_terminal(&clean, text, strlen(text));
	out->short_of_memory |= clean.short_of_memory;
	width = clean.n ? font_width(clean.at, size, bold) : 0;
	if (room > 0 && width > room) {
		n = fitting(clean.at, size, bold, room - dots, &width);
		text_add(out, clean.at, n);
		text_str(out, ellipsis);
		width += dots;
	} else if (clean.n > 0) {
		text_add(out, clean.at, clean.n);
	}
	text_free(&clean);
	return width;
}
