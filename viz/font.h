/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How wide a text is, without asking a font: DejaVu Sans' advance widths for ASCII, and safe guesses for the
   rest.  Writers set each text in the width that was counted on here. */
#ifndef VIZ_FONT_H
#define VIZ_FONT_H

#include "base/text.h"

#include <stdbool.h>

#define FONT_FAMILY "DejaVu Sans"
/* For writers whose reader may have other fonts. */
#define FONT_FAMILIES "DejaVu Sans, Verdana, sans-serif"

/* The width in pixels of well-formed UTF-8 at a size in pixels. */
double font_width(const char *text, double size, bool bold);

/* Appends the text, made printable (see escape_terminal) and cut with an ellipsis to `room` pixels (0 for no
   limit); returns its width. */
double font_fit(struct text *out, const char *text, double size, bool bold, double room);

#endif
