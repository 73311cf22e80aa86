/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the question and the opening the name may lead elsewhere: the answer is held against what was
   opened. */
#include "base/openfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A terminal is the one character device that people type traces into. */
static bool is_terminal(const char *path)
{
	return strcmp(path, "/dev/stdin") == 0 || strcmp(path, "/dev/tty") == 0 ||
	       strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0;
}

static int check(const char *path, const struct stat *st, enum file_use use, struct err *err)
{
	mode_t mode = st->st_mode;

	if (S_ISDIR(mode))
		return err_set(err, "is a directory, expected %s",
			       use == FILE_DISK ? "a disk image or a block device"
						: (use == FILE_TRACE ? "a trace file" : "a text"));
	if (S_ISREG(mode) || (S_ISBLK(mode) && use != FILE_TEXT) || (S_ISFIFO(mode) && use != FILE_DISK))
		return 0;
	if (use == FILE_TRACE && (S_ISSOCK(mode) || (S_ISCHR(mode) && is_terminal(path))))
		return 0;
	return err_set(err, use == FILE_DISK ? "is neither a file nor a block device"
					     : "is a device, which is not opened");
}

#define KEPT_MAX 256

/* The one thing here that lives as long as the program: so does the sandbox that makes it needful. */
static struct {
	char *path;
	int fd;
} kept[KEPT_MAX];
static size_t nkept;

void file_keep(const char *path, enum file_use use)
{
	struct err why;
	int fd = nkept < KEPT_MAX ? file_open(path, use, &why) : -1;

	if (fd < 0)
		return;
	kept[nkept].path = strdup(path);
	kept[nkept].fd = fd;
	if (kept[nkept].path != NULL)
		nkept++;
	else
		close(fd);
}

static int open_kept(const char *path)
{
	for (size_t i = 0; i < nkept; i++)
		if (strcmp(kept[i].path, path) == 0) {
			int fd = fcntl(kept[i].fd, F_DUPFD_CLOEXEC, 3);

			if (fd >= 0)
				(void)!lseek(fd, 0, SEEK_SET);
			return fd;
		}
	return -1;
}

int file_open(const char *path, enum file_use use, struct err *err)
{
	struct stat before, now;
	int fd = open_kept(path);

	if (fd >= 0)
		return fd;
	if (stat(path, &before) != 0)
		return err_set(err, "cannot open: %s", strerror(errno));
	if (check(path, &before, use, err) != 0)
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (use == FILE_DISK ? O_NONBLOCK : 0));
	if (fd < 0)
		return err_set(err, "cannot open: %s", strerror(errno));
	if (fstat(fd, &now) == 0 && now.st_dev == before.st_dev && now.st_ino == before.st_ino)
		return fd;
	close(fd);
	return err_set(err, "has become another file while it was opened");
}
