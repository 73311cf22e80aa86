/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names from disks and traces may hold any bytes; here they become text that is safe where it goes. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* The length of the well-formed UTF-8 character at bytes, 0 when there is none. */
size_t utf8_char(const char *bytes, size_t len);
bool utf8_valid(const char *bytes, size_t len);

/* For terminals: what is not printable (control characters, invalid UTF-8, characters that change the
   direction of writing or take no room) becomes \n, \t or \xNN, and a backslash is doubled. */
void escape_terminal(struct text *out, const char *bytes, size_t len);

/* Well-formed UTF-8 as it is; other bytes as \xNN (and then each backslash doubled). */
void escape_utf8(struct text *out, const char *bytes, size_t len);

/* A JSON string with its quotes, from well-formed UTF-8 or else as escape_utf8 makes it.  What escape_terminal
   does not print stands as \uXXXX, so that the value is exact and the line can be shown. */
void escape_json(struct text *out, const char *bytes, size_t len);

/* A cell of a table as RFC 4180 has it: as for terminals, and where a spreadsheet would take it for a formula
   (= + - @ at the beginning), that character is \xNN too.  In quotes only where it holds what ends a cell. */
void escape_csv(struct text *out, const char *bytes, size_t len);

/* The bytes that escape_terminal has made this of: \n, \t, \xNN and \\; false when it has not, or out of memory. */
bool escape_undo(struct text *out, const char *text, size_t len);

#endif
