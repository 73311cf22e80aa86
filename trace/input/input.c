/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a trace, through one buffer that grows to the longest line.  Plain data goes from the
   source straight into it. */
#include "trace/input/input.h"

#include "base/siphash.h"
#include "base/vec.h"
#include "trace/input/decompress.h"
#include "trace/input/source.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (1u << 20)
#define CHUNK 262144u
#define LINES_BYTES 262144u /* of lines that are taken at once */

struct input {
	struct source *source;
	struct decompress *decompress; /* NULL for plain data */
	const char *compression;
	bool at_end;
	bool borrowed; /* buf is another's */
	char *buf;
	size_t cap, from, to; /* unread bytes are buf[from .. to-1]; INPUT_SLACK more bytes exist */
	uint64_t offset, lines;
	uint64_t end; /* lines that begin here or behind are not taken; UINT64_MAX for no limit */
};

static int more_room(struct input *in, struct err *err)
{
	char *grown;

	if (in->from > 0) {
		memmove(in->buf, in->buf + in->from, in->to - in->from);
		in->to -= in->from;
		in->from = 0;
	}
	if (in->cap - in->to >= CHUNK / 4)
		return 0;
	grown = realloc(in->buf, 2 * in->cap + INPUT_SLACK);
	if (grown == NULL)
		return err_nomem(err);
	in->buf = grown;
	in->cap *= 2;
	return 0;
}

/* Reads more bytes behind those that are there. */
static int fill(struct input *in, struct err *err)
{
	long got;

	if (in->at_end)
		return 0;
	if (more_room(in, err) != 0)
		return -1;
	if (in->decompress != NULL)
		got = decompress_read(in->decompress, in->buf + in->to, in->cap - in->to, err);
	else
		got = source_read(in->source, in->buf + in->to, in->cap - in->to, err);
	if (got < 0)
		return -1;
	in->at_end = got == 0;
	in->to += (size_t)got;
	return 0;
}

/* Looks at the first bytes, and starts again through a decompressor where they are compressed. */
static int find_compression(struct input *in, struct err *err)
{
	const uint8_t *bytes;
	long len = input_peek(in, &bytes, DECOMPRESS_MAGIC, err);

	if (len < 0)
		return -1;
	in->compression = decompress_kind(bytes, (size_t)len);
	return in->compression ? input_rewind(in, err) : 0;
}

int input_open(struct input **input, const char *path, const char *tmpdir, struct err *err)
{
	struct input *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return err_nomem(err);
	in->cap = CHUNK;
	in->end = UINT64_MAX;
	in->buf = malloc(in->cap + INPUT_SLACK);
	if (in->buf == NULL)
		err_nomem(err);
	if (in->buf == NULL || source_open(&in->source, path, tmpdir, err) != 0 ||
	    find_compression(in, err) != 0) {
		input_close(in);
		return -1;
	}
	*input = in;
	return 0;
}

void input_close(struct input *in)
{
	if (in == NULL)
		return;
	decompress_close(in->decompress);
	source_close(in->source);
	if (!in->borrowed)
		free(in->buf);
	free(in);
}

const char *input_compression(const struct input *in)
{
	return in->compression;
}

int input_rewind(struct input *in, struct err *err)
{
	decompress_close(in->decompress);
	in->decompress = NULL;
	in->at_end = false;
	in->from = in->to = 0;
	in->offset = in->lines = 0;
	in->end = UINT64_MAX;
	if (source_rewind(in->source, err) != 0)
		return -1;
	return in->compression ? decompress_open(&in->decompress, in->source, in->compression, err) : 0;
}

long input_peek(struct input *in, const uint8_t **bytes, size_t want, struct err *err)
{
	while (in->to - in->from < want && !in->at_end)
		if (fill(in, err) != 0)
			return -1;
	*bytes = (const uint8_t *)in->buf + in->from;
	return (long)(in->to - in->from < want ? in->to - in->from : want);
}

void input_consume(struct input *in, size_t len)
{
	in->from += len;
	in->offset += len;
}

/* Reads on until the line that starts at in->from has its end, or there is no more; NULL on an error, which
   is of this line when *too_long. */
static char *find_line_end(struct input *in, bool *too_long, struct err *err)
{
	size_t seen = in->to - in->from;
	char *lf = NULL;

	*too_long = false;
	while (lf == NULL && !in->at_end && seen <= LINE_MAX_BYTES) {
		if (fill(in, err) != 0)
			return NULL;
		lf = memchr(in->buf + in->from + seen, '\n', in->to - in->from - seen);
		seen = in->to - in->from;
	}
	*too_long = lf == NULL && !in->at_end;
	if (*too_long)
		err_set(err, "longer than a MiB, which no trace line is");
	return lf != NULL || !in->at_end ? lf : in->buf + in->to;
}

int input_line(struct input *in, struct line *line, struct err *err)
{
	char *lf = memchr(in->buf + in->from, '\n', in->to - in->from);
	bool too_long;

	if (lf == NULL) {
		lf = find_line_end(in, &too_long, err);
		if (lf == NULL)
			return too_long ? err_prefix(err, "line %" PRIu64 ": ", in->lines + 1) : -1;
		if (in->from == in->to)
			return 0;
	}
	line->ended = lf != in->buf + in->to;
	line->text = in->buf + in->from;
	line->len = (size_t)(lf - line->text);
	in->from += line->len + line->ended;
	in->offset += line->len + line->ended;
	if (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	line->text[line->len] = '\0';
	line->number = ++in->lines;
	return 1;
}

/* The end of the last whole line within about LINES_BYTES, or of the only line, or of the input. */
static char *find_lines_end(struct input *in, bool *too_long, struct err *err)
{
	size_t n;
	char *lf;

	*too_long = false;
	if (in->to - in->from < LINES_BYTES && fill(in, err) != 0)
		return NULL;
	n = in->to - in->from < LINES_BYTES ? in->to - in->from : LINES_BYTES;
	lf = memrchr(in->buf + in->from, '\n', n);
	return lf != NULL ? lf : find_line_end(in, too_long, err);
}

/* Leaves out the lines that begin at or behind the end of the part. */
static void limit_lines(const struct input *in, struct input_lines *lines)
{
	const char *start = in->buf + in->from, *lf;
	uint64_t room = in->end > in->offset ? in->end - in->offset : 0;

	if (room == 0)
		lines->len = 0;
	if (lines->len <= room)
		return;
	/* The line that holds the last byte of the part begins in it. */
	lf = memchr(start + room - 1, '\n', lines->len - (size_t)(room - 1));
	if (lf != NULL)
		lines->len = (size_t)(lf - start) + 1;
}

int input_take_lines(struct input *in, struct input_lines *lines, struct err *err)
{
	bool too_long;
	char *end = find_lines_end(in, &too_long, err), *start = in->buf + in->from;

	if (end == NULL)
		return too_long ? -2 : -1;
	lines->len = (size_t)(end - start) + (end != in->buf + in->to);
	limit_lines(in, lines);
	if (lines->len == 0)
		return 0;
	if (vec_reserve((void **)&lines->at, &lines->cap, lines->len + INPUT_SLACK, 1) != 0)
		return err_nomem(err);
	memcpy(lines->at, start, lines->len);
	memset(lines->at + lines->len, 0, INPUT_SLACK);
	input_consume(in, lines->len);
	return 1;
}

uint64_t input_line_count(const struct input *in)
{
	return in->lines;
}

int input_digest(struct input *input, bool all, uint64_t *digest, uint64_t *bytes, struct err *err)
{
	uint8_t *block = malloc(INPUT_PEEK);
	uint64_t key[2] = {0, 0};
	long got = block ? 1 : err_nomem(err);

	*digest = *bytes = 0;
	if (got > 0 && input_rewind(input, err) != 0)
		got = -1;
	while (got > 0 && (got = input_read(input, block, INPUT_PEEK, err)) > 0) {
		*digest = siphash(key, block, (size_t)got);
		*bytes += (uint64_t)got;
		key[0] = *digest;
		key[1] = *bytes;
		if (!all)
			break;
	}
	free(block);
	if (!all)
		*bytes = source_size(input->source);
	return got < 0 ? -1 : 0;
}

bool input_can_cut(const struct input *in)
{
	return in->decompress == NULL && source_size(in->source) > 0;
}

int input_cut(struct input *in, unsigned number, unsigned of, struct err *err)
{
	uint64_t size = source_size(in->source);
	uint64_t begin = (uint64_t)((unsigned __int128)size * (number - 1) / of);
	struct line line;

	in->end = number == of ? UINT64_MAX : (uint64_t)((unsigned __int128)size * number / of);
	if (begin <= in->offset)
		return 0;
	/* The line that holds the byte before belongs to another part, even if it ends there. */
	if (input_skip(in, begin - 1 - in->offset, err) < 0 || input_line(in, &line, err) < 0)
		return -1;
	in->lines = 0;
	return 0;
}

struct input *input_of_lines(struct input_lines *lines, uint64_t before)
{
	struct input *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->buf = lines->at;
	in->cap = in->to = lines->len;
	in->lines = before;
	in->at_end = in->borrowed = true;
	in->end = UINT64_MAX;
	return in;
}

long input_read(struct input *in, void *buf, size_t len, struct err *err)
{
	size_t done = 0, part;

	while (done < len) {
		if (in->from == in->to) {
			in->from = in->to = 0;
			if (fill(in, err) != 0)
				return -1;
			if (in->to == 0)
				break;
		}
		part = in->to - in->from < len - done ? in->to - in->from : len - done;
		memcpy((char *)buf + done, in->buf + in->from, part);
		in->from += part;
		done += part;
	}
	in->offset += done;
	return (long)done;
}

int64_t input_skip(struct input *in, uint64_t n, struct err *err)
{
	uint64_t done = 0, part;
	int64_t passed;

	if (n > INT64_MAX)
		n = INT64_MAX;
	while (done < n) {
		if (in->from == in->to) {
			in->from = in->to = 0;
			passed = in->decompress ? -2 : source_skip(in->source, n - done, err);
			if (passed == -1 || (passed == -2 && fill(in, err) != 0))
				return -1;
			done += passed > 0 ? (uint64_t)passed : 0;
			if (in->to == 0)
				break;
		}
		part = in->to - in->from < n - done ? in->to - in->from : n - done;
		in->from += part;
		done += part;
	}
	in->offset += done;
	return (int64_t)done;
}

uint64_t input_taken(const struct input *in)
{
	return in->decompress ? decompress_taken(in->decompress) : in->offset;
}

uint64_t input_offset(const struct input *in)
{
	return in->offset;
}
