/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a file's path leads, and bytes that have waited in a temporary file: they are copied when all of them
   are there.  Over an older file only after its file system has promised the room, so that a full disk leaves
   it as it was. */
#include "base/outfile_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as in the kernel */
#define CHUNK ((size_t)1 << 18)

char *outfile_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Where a link leads, from its own directory; NULL with errno when the path is none. */
static char *follow(const char *path)
{
	const char *slash = strrchr(path, '/');
	char target[PATH_MAX], *next;
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	int dir;

	if (len < 0)
		return NULL;
	target[len] = '\0';
	dir = slash != NULL && target[0] != '/' ? (int)(slash - path) + 1 : 0;
	if (asprintf(&next, "%.*s%s", dir, path, target) < 0)
		return NULL;
	return next;
}

char *outfile_resolve(const char *path)
{
	char *at = strdup(path), *next;

	for (int i = 0; at != NULL && i < LINKS_MAX; i++) {
		next = follow(at);
		if (next == NULL)
			return at;
		free(at);
		at = next;
	}
	free(at);
	errno = ELOOP;
	return NULL;
}

/* --- copying --- */

static int write_at(int fd, const char *bytes, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t wrote = pwrite(fd, bytes, len, at);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return -1;
		bytes += wrote;
		len -= (size_t)wrote;
		at += wrote;
	}
	return 0;
}

/* Copies the data of a file that may have holes, each piece of it from `*at` on. */
static int copy_piece(int from, int to, off_t *at, off_t size, char *buf)
{
	size_t want = size - *at < (off_t)CHUNK ? (size_t)(size - *at) : CHUNK;
	ssize_t got = pread(from, buf, want, *at);

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -1;
	if (write_at(to, buf, (size_t)got, *at) != 0)
		return -1;
	*at += got;
	return 0;
}

static int copy_bytes(int from, int to, off_t size, bool holes)
{
	char *buf = malloc(CHUNK);
	off_t at = 0;
	int status = buf ? 0 : -1;

	while (status == 0 && at < size) {
		off_t data = holes ? lseek(from, at, SEEK_DATA) : at;

		if (data < 0 && errno == ENXIO)
			break;
		at = data > at ? data : at;
		status = copy_piece(from, to, &at, size, buf);
	}
	free(buf);
	return status == 0 ? ftruncate(to, size) : -1;
}

/* Ends a copy: 0, or -1 with the reason. */
static int finish(const struct outfile *file, int fd, int status, struct err *err)
{
	if (status == 0 && file->sync)
		status = fsync(fd);
	if (status != 0)
		outfile_fail(err, "write");
	if (close(fd) != 0 && status == 0)
		status = outfile_fail(err, "write");
	return status != 0 ? -1 : 0;
}

int outfile_copy(struct outfile *file, struct err *err)
{
	int fd = open(file->aside, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	int status;

	if (fd < 0 || fstat(file->fd, &st) != 0) {
		outfile_fail(err, "create");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	status = copy_bytes(file->fd, fd, st.st_size, true);
	if (status == 0 && file->has_old) {
		(void)!fchown(fd, file->old.st_uid, file->old.st_gid);
		(void)!fchmod(fd, file->old.st_mode & 07777);
	}
	return finish(file, fd, status, err);
}

int outfile_copy_over(struct outfile *file, struct err *err)
{
	int fd = open(file->path, O_WRONLY | O_CLOEXEC);
	struct stat st;
	int status;

	if (fd < 0 || fstat(file->fd, &st) != 0) {
		outfile_fail(err, "replace");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	status = st.st_size > 0 ? fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, st.st_size) : 0;
	if (status != 0 && (errno == EOPNOTSUPP || errno == ENOSYS))
		status = 0;
	if (status == 0)
		status = copy_bytes(file->fd, fd, st.st_size, false);
	return finish(file, fd, status, err);
}
