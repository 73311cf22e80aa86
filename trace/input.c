/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a trace, through one buffer that grows to the longest line. */
#include "trace/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES (1u << 20)
#define CHUNK 262144u

struct input {
	int fd;
	bool owns_fd;
	bool at_end;
	int spool;       /* a temporary file with what came through a pipe, or -1 */
	bool replaying;  /* reading the spool instead of the pipe */
	char *buf;
	size_t cap, from, to; /* unread bytes are buf[from .. to-1] */
	uint64_t offset, lines;
};

static int check_kind(int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(err, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, "is a directory, expected a trace file");
	return 0;
}

int input_open(struct input **input, const char *path, struct err *err)
{
	struct input *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return err_nomem(err);
	in->spool = -1;
	in->owns_fd = strcmp(path, "-") != 0;
	in->fd = in->owns_fd ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (in->fd < 0) {
		err_set(err, "cannot open: %s", strerror(errno));
		free(in);
		return -1;
	}
	in->cap = CHUNK;
	in->buf = malloc(in->cap + 1);
	if (in->buf == NULL || check_kind(in->fd, err) != 0) {
		if (in->buf == NULL)
			err_nomem(err);
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
	if (in->owns_fd && in->fd >= 0)
		close(in->fd);
	if (in->spool >= 0)
		close(in->spool);
	free(in->buf);
	free(in);
}

static int spool_open(void)
{
	const char *dir = P_tmpdir;
	char name[] = P_tmpdir "/blkmap-XXXXXX";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) {
		fd = mkstemp(name);
		if (fd >= 0)
			unlink(name);
	}
	return fd;
}

static int spool_append(struct input *in, const char *bytes, size_t len, struct err *err)
{
	if (in->spool < 0)
		in->spool = spool_open();
	if (in->spool < 0)
		return err_set(err, "cannot make a temporary file for standard input: %s", strerror(errno));
	while (len > 0) {
		ssize_t wrote = write(in->spool, bytes, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return err_set(err, "cannot keep standard input in a temporary file: %s", strerror(errno));
		bytes += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

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
	grown = realloc(in->buf, 2 * in->cap + 1);
	if (grown == NULL)
		return err_nomem(err);
	in->buf = grown;
	in->cap *= 2;
	return 0;
}

/* Reads more bytes behind those that are there. */
static int fill(struct input *in, struct err *err)
{
	ssize_t got;

	if (in->at_end)
		return 0;
	if (more_room(in, err) != 0)
		return -1;
	do
		got = read(in->replaying ? in->spool : in->fd, in->buf + in->to, in->cap - in->to);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(err, "cannot read: %s", strerror(errno));
	if (!in->owns_fd && !in->replaying && got > 0 &&
	    spool_append(in, in->buf + in->to, (size_t)got, err) != 0)
		return -1;
	in->at_end = got == 0;
	in->to += (size_t)got;
	return 0;
}

int input_rewind(struct input *in, struct err *err)
{
	if (!in->owns_fd && !in->replaying) {
		while (!in->at_end) {
			in->from = in->to = 0;
			if (fill(in, err) != 0)
				return -1;
		}
		in->replaying = true;
	}
	if (!(in->replaying && in->spool < 0) &&
	    lseek(in->replaying ? in->spool : in->fd, 0, SEEK_SET) < 0)
		return err_set(err, "cannot read a second time: %s", strerror(errno));
	in->at_end = in->replaying && in->spool < 0;
	in->from = in->to = 0;
	in->offset = in->lines = 0;
	return 0;
}

long input_peek(struct input *in, const uint8_t **bytes, size_t want, struct err *err)
{
	while (in->to - in->from < want && !in->at_end)
		if (fill(in, err) != 0)
			return -1;
	*bytes = (const uint8_t *)in->buf + in->from;
	return (long)(in->to - in->from < want ? in->to - in->from : want);
}

int input_line(struct input *in, struct line *line, struct err *err)
{
	size_t seen = 0, len, next;
	char *lf;

	while ((lf = memchr(in->buf + in->from + seen, '\n', in->to - in->from - seen)) == NULL) {
		seen = in->to - in->from;
		if (in->at_end)
			break;
		if (seen > LINE_MAX_BYTES)
			return err_set(err, "line %llu: longer than a MiB, which no trace line is",
				       (unsigned long long)in->lines + 1);
		if (fill(in, err) != 0)
			return -1;
	}
	if (lf == NULL && in->from == in->to)
		return 0;
	len = lf ? (size_t)(lf - (in->buf + in->from)) : in->to - in->from;
	next = len + (lf != NULL);
	line->text = in->buf + in->from;
	if (len > 0 && in->buf[in->from + len - 1] == '\r')
		len--;
	in->buf[in->from + len] = '\0';
	line->len = len;
	line->number = ++in->lines;
	line->ended = lf != NULL;
	in->from += next;
	in->offset += next;
	return 1;
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

uint64_t input_offset(const struct input *in)
{
	return in->offset;
}
