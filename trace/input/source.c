/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that can seek are read in place; of all others a copy is kept while they are read. */
#include "trace/input/source.h"

#include "base/openfile.h"
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct source {
	int fd;
	bool owns_fd;
	bool seeks;
	off_t base;            /* where the first byte lies in a file that can seek */
	const char *tmpdir;    /* where the copy goes; not owned */
	struct tempfile spool; /* the copy of a file that cannot */
	uint64_t kept;         /* bytes in the copy */
	uint64_t at;           /* the next byte to be handed out */
};

static int check_kind(struct source *source, struct err *err)
{
	struct stat st;

	if (fstat(source->fd, &st) != 0)
		return err_set(err, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(err, "is a directory, expected a trace file");
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return 0;
	source->base = lseek(source->fd, 0, SEEK_CUR);
	source->seeks = source->base >= 0;
	return 0;
}

int source_open(struct source **result, const char *path, const char *tmpdir, struct err *err)
{
	struct source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return err_nomem(err);
	source->spool = (struct tempfile)TEMPFILE_INIT;
	source->tmpdir = tmpdir;
	source->owns_fd = strcmp(path, "-") != 0;
	source->fd = source->owns_fd ? file_open(path, FILE_TRACE, err) : STDIN_FILENO;
	if (source->fd < 0 || check_kind(source, err) != 0) {
		source_close(source);
		return -1;
	}
	*result = source;
	return 0;
}

void source_close(struct source *source)
{
	if (source == NULL)
		return;
	if (source->owns_fd && source->fd >= 0)
		close(source->fd);
	tempfile_close(&source->spool);
	free(source);
}

static int keep(struct source *source, const char *bytes, size_t len, struct err *err)
{
	if ((source->spool.fd < 0 && tempfile_open(&source->spool, source->tmpdir, err) != 0) ||
	    tempfile_check(&source->spool, source->kept + len, err) != 0)
		return err_prefix(err, "what comes through a pipe is kept: ");
	while (len > 0) {
		ssize_t wrote = pwrite(source->spool.fd, bytes, len, (off_t)source->kept);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return err_set(err, "cannot keep what comes through a pipe in a temporary file: %s",
				       strerror(errno));
		bytes += wrote;
		len -= (size_t)wrote;
		source->kept += (uint64_t)wrote;
	}
	return 0;
}

long source_read(struct source *source, void *buf, size_t len, struct err *err)
{
	bool again = source->at < source->kept;
	ssize_t got;

	do
		got =
		    again ? pread(source->spool.fd, buf, len, (off_t)source->at) : read(source->fd, buf, len);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(err, "cannot read: %s", strerror(errno));
	if (!source->seeks && !again && got > 0 && keep(source, buf, (size_t)got, err) != 0)
		return -1;
	source->at += (uint64_t)got;
	return (long)got;
}

int64_t source_skip(struct source *source, uint64_t n, struct err *err)
{
	off_t here, end;

	if (!source->seeks)
		return -2;
	here = lseek(source->fd, 0, SEEK_CUR);
	end = lseek(source->fd, 0, SEEK_END);
	if (here < 0 || end < 0)
		return err_set(err, "cannot seek: %s", strerror(errno));
	if (n > (uint64_t)(end > here ? end - here : 0))
		n = (uint64_t)(end > here ? end - here : 0);
	if (lseek(source->fd, here + (off_t)n, SEEK_SET) < 0)
		return err_set(err, "cannot seek: %s", strerror(errno));
	source->at += n;
	return (int64_t)n;
}

int source_rewind(struct source *source, struct err *err)
{
	if (source->seeks && lseek(source->fd, source->base, SEEK_SET) < 0)
		return err_set(err, "cannot read a second time: %s", strerror(errno));
	source->at = 0;
	return 0;
}

uint64_t source_size(const struct source *source)
{
	struct stat st;

	if (!source->seeks || fstat(source->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= source->base)
		return 0;
	return (uint64_t)(st.st_size - source->base);
}
