/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open(2)'s O_TMPFILE, and where a file system has none, a name that is taken away at once. */
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int open_hidden(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *name;

	if (fd >= 0 || asprintf(&name, "%s/blkmap-XXXXXX", directory) < 0)
		return fd;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	free(name);
	return fd;
}

int tempfile_open(struct tempfile *file, const char *directory, struct err *err)
{
	struct statvfs room;

	if (directory == NULL || directory[0] != '/')
		directory = "/tmp";
	file->fd = open_hidden(directory);
	if (file->fd < 0)
		return err_set(err, "cannot make a temporary file in %s: %s", directory, strerror(errno));
	file->limit = fstatvfs(file->fd, &room) == 0 ? (uint64_t)room.f_bavail * room.f_frsize / 2 : 0;
	return 0;
}

int tempfile_check(const struct tempfile *file, uint64_t bytes, struct err *err)
{
	if (bytes <= file->limit)
		return 0;
	return err_set(err,
		       "a temporary file of more than %" PRIu64
		       " bytes, half of the room that was free, is not made; TMPDIR names another directory",
		       file->limit);
}

void tempfile_close(struct tempfile *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
