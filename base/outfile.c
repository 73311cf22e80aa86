/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files without a name are open(2)'s O_TMPFILE, named by linkat(2) through /proc/self/fd.  A link does
   not replace an older file, so there the name comes by way of a second one and renameat2(2), which exchanges
   the two where the file system can. */
#include "base/outfile.h"

#include "base/outfile_private.h"
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int outfile_fail(struct err *err, const char *what)
{
	return err_set(err, "cannot %s: %s", what, strerror(errno));
}

static void clear(struct outfile *file)
{
	if (file->fd >= 0 && file->fd != STDOUT_FILENO)
		close(file->fd);
	free(file->path);
	free(file->aside);
	*file = (struct outfile)OUTFILE_INIT;
}

/* --- opening --- */

static int open_socket(const char *path)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(name.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_direct(struct outfile *file, const char *path, struct err *err)
{
	file->direct = true;
	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		file->fd = STDOUT_FILENO;
	else
		file->fd = S_ISSOCK(file->old.st_mode) ? open_socket(path)
						       : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return file->fd >= 0 ? 0 : outfile_fail(err, "open for writing");
}

/* The bytes of a file whose directory takes no unnamed ones wait elsewhere. */
static int open_waiting(struct outfile *file, const struct outfile_options *options, struct err *err)
{
	struct tempfile temp;

	if (tempfile_open(&temp, options ? options->tmpdir : NULL, err) != 0)
		return -1;
	file->fd = temp.fd;
	file->waits = true;
	return 0;
}

/* Whether a new file has the owner of the older one. */
static bool keep_owner(const struct outfile *file)
{
	if (!file->has_old)
		return true;
	if (fchown(file->fd, file->old.st_uid, file->old.st_gid) != 0) {
		struct stat now;

		if (fstat(file->fd, &now) != 0 || now.st_uid != file->old.st_uid ||
		    now.st_gid != file->old.st_gid)
			return false;
	}
	return fchmod(file->fd, file->old.st_mode & 07777) == 0;
}

static int open_unnamed(struct outfile *file, const struct outfile_options *options, struct err *err)
{
	char *directory = outfile_directory(file->path);
	bool takes_files;
	int reason;

	if (directory == NULL)
		return err_nomem(err);
	file->fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	reason = errno;
	takes_files = faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0;
	free(directory);
	if (file->fd >= 0 && keep_owner(file))
		return 0;
	if (file->fd >= 0) {
		close(file->fd);
		file->fd = -1;
		return open_waiting(file, options, err);
	}
	errno = reason;
	/* A file system without such files, or one that takes none here while the older one can be
	   changed. */
	if (file->has_old || (takes_files && (reason == EOPNOTSUPP || reason == EISDIR || reason == EINVAL)))
		return open_waiting(file, options, err);
	return outfile_fail(err, "create");
}

int outfile_open(struct outfile *file, const char *path, const struct outfile_options *options,
		 struct err *err)
{
	*file = (struct outfile)OUTFILE_INIT;
	file->sync = options != NULL && options->sync;
	file->has_old = stat(path, &file->old) == 0;
	if (strcmp(path, "-") == 0)
		return open_direct(file, path, err);
	if (file->has_old && S_ISBLK(file->old.st_mode))
		return err_set(err, "is a block device, which is never written to");
	if (file->has_old && S_ISDIR(file->old.st_mode))
		return err_set(err, "is a directory, expected a file to write");
	if (file->has_old && !S_ISREG(file->old.st_mode))
		return open_direct(file, path, err);
	if (file->has_old && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
		return outfile_fail(err, "replace");
	file->path = outfile_resolve(path);
	if (file->path == NULL)
		return outfile_fail(err, "create");
	if (open_unnamed(file, options, err) == 0)
		return 0;
	clear(file);
	return -1;
}

int outfile_write(struct outfile *file, const void *bytes, size_t len, struct err *err)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t wrote = write(file->fd, at, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return outfile_fail(err, "write");
		at += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

/* --- the name --- */

/* Links the unnamed file under a name: 0, or -1 with errno. */
static int link_as(const struct outfile *file, const char *name)
{
	char self[32];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", file->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* A hidden name beside the file's, to be freed. */
static char *name_beside(const char *path, int number)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char *name;

	if (asprintf(&name, "%.*s.%.200s.%ld-%d", (int)(base - path), path, base, (long)getpid(), number) < 0)
		return NULL;
	return name;
}

/* A file that has no name yet, or that waits, gets a second one beside the path. */
static int link_beside(struct outfile *file)
{
	for (int tries = 0; tries < 100; tries++) {
		int fd;

		free(file->aside);
		file->aside = name_beside(file->path, tries);
		if (file->aside == NULL)
			return -1;
		if (!file->waits && link_as(file, file->aside) == 0)
			return 0;
		if (file->waits) {
			fd = open(file->aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
			if (fd >= 0) {
				close(fd);
				return 0;
			}
		}
		if (errno != EEXIST)
			break;
	}
	free(file->aside);
	file->aside = NULL;
	return -1;
}

/* The second name becomes the first; the older file gets the second one where that can be done. */
static int take_name(struct outfile *file)
{
	if (file->has_old && renameat2(AT_FDCWD, file->aside, AT_FDCWD, file->path, RENAME_EXCHANGE) == 0) {
		file->swapped = true;
		return 0;
	}
	if (file->has_old && errno != EINVAL && errno != ENOSYS)
		return -1;
	if (!file->has_old && renameat2(AT_FDCWD, file->aside, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0)
		file->is_new = true;
	else if (rename(file->aside, file->path) != 0)
		return -1;
	free(file->aside);
	file->aside = NULL;
	return 0;
}

/* What a network file system says only when a file is closed, before the name is given. */
static int check_closed(const struct outfile *file)
{
	int copy = dup(file->fd);

	return copy < 0 || close(copy) != 0 ? -1 : 0;
}

static bool is_forbidden(int reason)
{
	return reason == EACCES || reason == EPERM || reason == EROFS || reason == EBUSY || reason == EXDEV;
}

static void drop_aside(struct outfile *file)
{
	if (file->aside != NULL)
		unlink(file->aside);
	free(file->aside);
	file->aside = NULL;
	file->swapped = false;
}

static int give_name(struct outfile *file, struct err *err)
{
	if (!file->waits && !file->has_old && link_as(file, file->path) == 0) {
		file->is_new = true;
		return 0;
	}
	if (!file->waits && !file->has_old && errno != EEXIST)
		return outfile_fail(err, "create");
	if (link_beside(file) == 0) {
		if (file->waits && outfile_copy(file, err) != 0)
			return -1;
		if (take_name(file) == 0)
			return 0;
	}
	if (file->has_old && is_forbidden(errno)) {
		drop_aside(file);
		return outfile_copy_over(file, err);
	}
	return outfile_fail(err, "create");
}

static void hold_signals(sigset_t *before)
{
	static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaddset(&held, ending[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

static int place(struct outfile *file, struct err *err)
{
	if (file->direct)
		return 0;
	if ((file->sync && !file->waits && fsync(file->fd) != 0) || check_closed(file) != 0)
		return outfile_fail(err, "write");
	return give_name(file, err);
}

int outfile_place(struct outfile *file, struct err *err)
{
	sigset_t before;
	int status;

	hold_signals(&before);
	status = place(file, err);
	if (status != 0)
		outfile_abandon(file);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

static void sync_directory(const struct outfile *file)
{
	char *directory = outfile_directory(file->path);
	int fd = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)!fsync(fd);
		close(fd);
	}
	free(directory);
}

int outfile_settle(struct outfile *file, struct err *err)
{
	int fd = file->fd;

	drop_aside(file);
	if (file->sync && !file->direct)
		sync_directory(file);
	if (fd == STDOUT_FILENO)
		fd = -1;
	file->fd = -1;
	clear(file);
	return fd < 0 || close(fd) == 0 ? 0 : outfile_fail(err, "write");
}

int outfile_commit(struct outfile *file, struct err *err)
{
	sigset_t before;
	int status;

	hold_signals(&before);
	status = outfile_place(file, err);
	if (status == 0)
		status = outfile_settle(file, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

void outfile_abandon(struct outfile *file)
{
	if (file->swapped)
		(void)renameat2(AT_FDCWD, file->aside, AT_FDCWD, file->path, RENAME_EXCHANGE);
	if (file->is_new)
		unlink(file->path);
	drop_aside(file);
	clear(file);
}
