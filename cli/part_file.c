/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/part_file.h"

#include "parts/part.h"
#include "trace/input/input.h"

#define READ_STEP ((size_t)1 << 20)

/* A part may be compressed, but not to nearly nothing: a few bytes must not fill the memory. */
#define PLAIN_FIRST (UINT64_C(8) << 20)
#define PLAIN_FACTOR 64

/* Whether what has been read may be, or become, a part; the rest need not be read else, for part_read says
   why. */
static bool may_be_part(const struct input *input, const struct text *bytes)
{
	return bytes->n == 0 || (part_goes_on(bytes->at, bytes->n) &&
				 bytes->n <= PLAIN_FIRST + PLAIN_FACTOR * input_taken(input));
}

int part_file_read(struct text *bytes, const char *path, const char *tmpdir, struct err *err)
{
	struct input *input;
	long got = 1;

	if (input_open(&input, path, tmpdir, err) != 0)
		return -1;
	while (got > 0 && may_be_part(input, bytes)) {
		got = text_reserve(bytes, READ_STEP) ? input_read(input, bytes->at + bytes->n, READ_STEP, err)
						     : err_nomem(err);
		bytes->n += got > 0 ? (size_t)got : 0;
	}
	input_close(input);
	return got < 0 ? -1 : 0;
}

#define HEAD_BYTES ((size_t)4096)
#define DOCUMENT_BYTES_MAX ((size_t)1 << 30)

/* The first `most` bytes of a file, in steps. */
static int read_some(struct text *bytes, const char *path, size_t most, const char *tmpdir, struct err *err)
{
	struct input *input;
	long got = 1;

	if (input_open(&input, path, tmpdir, err) != 0)
		return -1;
	while (got > 0 && bytes->n < most) {
		size_t step = most - bytes->n < READ_STEP ? most - bytes->n : READ_STEP;

		got = text_reserve(bytes, step) ? input_read(input, bytes->at + bytes->n, step, err)
						: err_nomem(err);
		bytes->n += got > 0 ? (size_t)got : 0;
	}
	input_close(input);
	return got < 0 ? -1 : 0;
}

int file_read_head(struct text *bytes, const char *path, const char *tmpdir, struct err *err)
{
	return read_some(bytes, path, HEAD_BYTES, tmpdir, err);
}

int file_read_document(struct text *bytes, const char *path, const char *tmpdir, struct err *err)
{
	if (read_some(bytes, path, DOCUMENT_BYTES_MAX, tmpdir, err) != 0)
		return -1;
	return bytes->n < DOCUMENT_BYTES_MAX ? 0 : err_set(err, "has more than 1 GiB: too long for a report");
}
