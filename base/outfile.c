/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files without a name are open(2)'s O_TMPFILE, named by linkat(2) through /proc/self/fd.  A link does
   not replace an older file, so there the name comes by way of a temporary one and rename(2). */
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail_with(struct err *err, const char *what)
{
	return err_set(err, "cannot %s: %s", what, strerror(errno));
}

static void clear(struct outfile *file)
{
	if (file->fd >= 0 && file->fd != STDOUT_FILENO)
		close(file->fd);
	free(file->path);
	free(file->temp);
	*file = (struct outfile)OUTFILE_INIT;
}

/* The directory of a path, to be freed. */
static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* A hidden name beside the file's, to be freed. */
static char *temp_name(const char *path, const char *suffix)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char *name;

	if (asprintf(&name, "%.*s.%.200s.%s", (int)(base - path), path, base, suffix) < 0)
		return NULL;
	return name;
}

static int open_named(struct outfile *file, struct err *err)
{
	mode_t mask;

	file->temp = temp_name(file->path, "XXXXXX");
	if (file->temp == NULL)
		return err_nomem(err);
	file->fd = mkostemp(file->temp, O_CLOEXEC);
	if (file->fd < 0) {
		free(file->temp);
		file->temp = NULL;
		return fail_with(err, "create");
	}
	mask = umask(0);
	umask(mask);
	(void)!fchmod(file->fd, 0666 & ~mask);
	return 0;
}

static int open_unnamed(struct outfile *file, struct err *err)
{
	char *directory = directory_of(file->path);
	int reason;

	if (directory == NULL)
		return err_nomem(err);
	file->fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
	reason = errno;
	free(directory);
	if (file->fd >= 0)
		return 0;
	errno = reason;
	if (reason == EOPNOTSUPP || reason == EISDIR || reason == EINVAL || reason == ENOENT)
		return open_named(file, err);
	return fail_with(err, "create");
}

int outfile_open(struct outfile *file, const char *path, struct err *err)
{
	struct stat old;
	bool exists = stat(path, &old) == 0;
	int got;

	*file = (struct outfile)OUTFILE_INIT;
	file->direct = strcmp(path, "-") == 0 || (exists && !S_ISREG(old.st_mode));
	if (strcmp(path, "-") == 0) {
		file->fd = STDOUT_FILENO;
		return 0;
	}
	if (file->direct) {
		file->fd = open(path, O_WRONLY | O_CLOEXEC);
		return file->fd >= 0 ? 0 : fail_with(err, "open for writing");
	}
	if (exists && access(path, W_OK) != 0)
		return fail_with(err, "replace");
	file->path = exists ? realpath(path, NULL) : strdup(path);
	if (file->path == NULL)
		return fail_with(err, "create");
	got = open_unnamed(file, err);
	if (got != 0)
		clear(file);
	else if (exists)
		(void)!fchmod(file->fd, old.st_mode & 0777);
	return got;
}

int outfile_write(struct outfile *file, const void *bytes, size_t len, struct err *err)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t wrote = write(file->fd, at, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return fail_with(err, "write");
		at += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

/* Links the unnamed file under a name: 0, or -1 with errno. */
static int link_as(const struct outfile *file, const char *name)
{
	char self[32];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", file->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* An unnamed file whose name is taken gets a temporary one. */
static int link_beside(struct outfile *file)
{
	for (int tries = 0; tries < 100; tries++) {
		char suffix[32];

		free(file->temp);
		snprintf(suffix, sizeof(suffix), "%ld-%d", (long)getpid(), tries);
		file->temp = temp_name(file->path, suffix);
		if (file->temp == NULL)
			return -1;
		if (link_as(file, file->temp) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	free(file->temp);
	file->temp = NULL;
	return -1;
}

static int give_name(struct outfile *file)
{
	if (file->temp == NULL) {
		if (link_as(file, file->path) == 0)
			return 0;
		if (errno != EEXIST || link_beside(file) != 0)
			return -1;
	}
	if (rename(file->temp, file->path) != 0)
		return -1;
	free(file->temp);
	file->temp = NULL;
	return 0;
}

int outfile_commit(struct outfile *file, struct err *err)
{
	if (!file->direct && give_name(file) != 0) {
		fail_with(err, "create");
		outfile_abandon(file);
		return -1;
	}
	clear(file);
	return 0;
}

void outfile_abandon(struct outfile *file)
{
	if (file->temp != NULL)
		unlink(file->temp);
	clear(file);
}
