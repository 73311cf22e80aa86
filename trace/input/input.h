/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a trace: from a file or from standard input, plain or compressed. */
#ifndef TRACE_INPUT_INPUT_H
#define TRACE_INPUT_INPUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input;

/* Opens a file, or standard input for "-", what comes through a pipe being kept in `tmpdir` (as
   tempfile_open has it); 0, or -1 with a text that does not repeat the name. */
int input_open(struct input **input, const char *path, const char *tmpdir, struct err *err);
void input_close(struct input *input);

/* What it is compressed with ("gzip"), or NULL. */
const char *input_compression(const struct input *input);

/* Goes back to the first byte. */
int input_rewind(struct input *input, struct err *err);

/* Looks at up to `want` (at most INPUT_PEEK) bytes that are not consumed; returns how many there are,
   or -1.  They stay valid until the next call. */
#define INPUT_PEEK 65536
long input_peek(struct input *input, const uint8_t **bytes, size_t want, struct err *err);

/* Consumes bytes that input_peek has shown. */
void input_consume(struct input *input, size_t len);

/* A line without its LF (and without a CR before it), NUL-terminated, valid until the next call. */
struct line {
	char *text; /* the reader may write between text[0] and text[len] */
	size_t len;
	uint64_t number; /* from 1 */
	bool ended;      /* it had its LF: false only for a last line that was cut */
};

/* The next line: 1, 0 at the end, -1 on an error (an unreadable file, a line of over a MiB, damage
   in compressed data). */
int input_line(struct input *input, struct line *line, struct err *err);

/* Lines that are read at once, to be parsed apart from the others; starts zeroed. */
struct input_lines {
	char *at; /* INPUT_SLACK more bytes may be read, not used, behind the last one */
	size_t len, cap;
};
#define INPUT_SLACK 40

/* The next lines, whole but for a last one that lacks its line end: 1, 0 at the end, -1 on an error, -2 when
   the next line is too long, with a text that does not say which one it is.  They are not counted. */
int input_take_lines(struct input *input, struct input_lines *lines, struct err *err);

/* How many lines input_line has read. */
uint64_t input_line_count(const struct input *input);

/* An input that is some lines of another one; they must live as long as it does.  NULL without memory. */
struct input *input_of_lines(struct input_lines *lines, uint64_t before);

/* A digest of the bytes from the first on (decompressed), of all or of the first INPUT_PEEK, and how many
   there are: of all, or of the file, 0 where that cannot be told.  Leaves the input anywhere.  0 or -1. */
int input_digest(struct input *input, bool all, uint64_t *digest, uint64_t *bytes, struct err *err);

/* Whether the input is a plain file, of which a part can be read. */
bool input_can_cut(const struct input *input);

/* Goes to the lines that begin in the number-th (from 1) of so many equal parts of the file, and not before
   where the input is now; it ends behind them.  0 or -1. */
int input_cut(struct input *input, unsigned number, unsigned of, struct err *err);

/* Up to `len` bytes into buf; fewer only at the end of the input; -1 on an error. */
long input_read(struct input *input, void *buf, size_t len, struct err *err);

/* Passes over up to n bytes; how many there were, or -1 on an error. */
int64_t input_skip(struct input *input, uint64_t n, struct err *err);

/* Bytes that were taken from the file: of compressed data, fewer than the offset. */
uint64_t input_taken(const struct input *input);

/* Where the next byte lies, for messages: bytes from the start (of the decompressed data). */
uint64_t input_offset(const struct input *input);

#endif
