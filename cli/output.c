/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing result files.  What is written goes into a file with another name first, so that an error does not
   leave half a result under the name that was asked for.  Signals that end the program wait until it has its
   name, so that the other name is not left either. */
#include "cli/output.h"

#include "cli/cli.h"
#include "cli/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t wrote = write(fd, bytes, len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		bytes += wrote;
		len -= (size_t)wrote;
	}
	return 0;
}

/* What a new file's mode would be without mkstemp. */
static mode_t usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Writes a temporary file; its name is made from the pattern.  On failure it is gone again. */
static int stage(char *pattern, const struct text *text, struct err *err)
{
	int fd = mkstemp(pattern), status;

	if (fd < 0)
		return err_set(err, "cannot create: %s", strerror(errno));
	status = write_all(fd, text->at, text->n) != 0 || fchmod(fd, usual_mode()) != 0 ? -1 : 0;
	if (status != 0)
		err_set(err, "cannot write: %s", strerror(errno));
	if (close(fd) != 0 && status == 0)
		status = err_set(err, "cannot write: %s", strerror(errno));
	if (status != 0)
		unlink(pattern);
	return status;
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

static int replace(const char *path, char *temporary, const struct text *text, struct err *err)
{
	sigset_t before;
	int status;

	hold_signals(&before);
	status = stage(temporary, text, err);
	if (status == 0 && rename(temporary, path) != 0) {
		status = err_set(err, "cannot replace: %s", strerror(errno));
		unlink(temporary);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}

/* Pipes and devices are written to as they are. */
static int write_through(const char *path, const struct text *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return err_set(err, "cannot open: %s", strerror(errno));
	status = write_all(fd, text->at, text->n);
	if (status != 0)
		err_set(err, "cannot write: %s", strerror(errno));
	close(fd);
	return status;
}

int output_file(const char *path, const struct text *text)
{
	struct text temporary = {0};
	struct stat st;
	struct err err;
	int status;

	guard_check();
	text_printf(&temporary, "%s.XXXXXX", path);
	if (temporary.short_of_memory || text->short_of_memory)
		status = err_nomem(&err);
	else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		status = write_through(path, text, &err);
	else
		status = replace(path, temporary.at, text, &err);
	text_free(&temporary);
	return status == 0 ? 0 : fail(path, &err);
}

#define FILES_MAX 8

/* How a file came to its name, so that it can be taken back. */
enum placed { NOT_PLACED, PLACED_NEW, PLACED_FOR_OLD };

struct staged {
	struct text temporary[FILES_MAX], final[FILES_MAX];
	enum placed placed[FILES_MAX];
	size_t n;
};

static int stage_all(struct staged *staged, const char *path, const struct output *files, size_t n,
		     struct err *err)
{
	struct stat st;

	for (; staged->n < n; staged->n++) {
		struct text *temporary = &staged->temporary[staged->n], *final = &staged->final[staged->n];

		text_printf(final, "%s/%s", path, files[staged->n].name);
		text_printf(temporary, "%s/.%s.XXXXXX", path, files[staged->n].name);
		if (temporary->short_of_memory || final->short_of_memory ||
		    files[staged->n].text.short_of_memory)
			return err_nomem(err);
		if (stat(final->at, &st) == 0 && S_ISDIR(st.st_mode))
			return err_set(err, "%s is a directory", files[staged->n].name);
		if (stage(temporary->at, &files[staged->n].text, err) != 0)
			return err_prefix(err, "%s: ", files[staged->n].name);
	}
	return 0;
}

/* Gives a file its name.  One that had the name before has the temporary one then, where the file system can
   exchange two; elsewhere it is gone. */
static int place(struct staged *staged, size_t i)
{
	const char *temporary = staged->temporary[i].at, *final = staged->final[i].at;

	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, final, RENAME_EXCHANGE) == 0) {
		staged->placed[i] = PLACED_FOR_OLD;
		return 0;
	}
	if (errno == ENOENT && renameat2(AT_FDCWD, temporary, AT_FDCWD, final, RENAME_NOREPLACE) == 0) {
		staged->placed[i] = PLACED_NEW;
		return 0;
	}
	return errno == EINVAL || errno == ENOSYS ? rename(temporary, final) : -1;
}

static int place_all(struct staged *staged, const struct output *files, struct err *err)
{
	for (size_t i = 0; i < staged->n; i++)
		if (place(staged, i) != 0)
			return err_set(err, "cannot replace %s: %s", files[i].name, strerror(errno));
	return 0;
}

/* Puts back what had the names before. */
static void take_back(struct staged *staged)
{
	for (size_t i = 0; i < staged->n; i++) {
		if (staged->placed[i] == PLACED_FOR_OLD)
			(void)renameat2(AT_FDCWD, staged->temporary[i].at, AT_FDCWD, staged->final[i].at,
					RENAME_EXCHANGE);
		if (staged->placed[i] == PLACED_NEW)
			unlink(staged->final[i].at);
	}
}

static int write_directory(const char *path, const struct output *files, size_t n, struct err *err)
{
	struct staged staged = {.n = 0};
	bool made = mkdir(path, 0777) == 0;
	int status;

	if (!made && errno != EEXIST)
		return err_set(err, "cannot create: %s", strerror(errno));
	status = stage_all(&staged, path, files, n, err);
	if (status == 0)
		status = place_all(&staged, files, err);
	if (status != 0)
		take_back(&staged);
	for (size_t i = 0; i < FILES_MAX; i++) {
		if (i < staged.n)
			unlink(staged.temporary[i].at);
		text_free(&staged.temporary[i]);
		text_free(&staged.final[i]);
	}
	if (status != 0 && made)
		rmdir(path);
	return status;
}

int output_directory(const char *path, const struct output *files, size_t n)
{
	sigset_t before;
	struct err err;
	int status;

	guard_check();
	hold_signals(&before);
	status = write_directory(path, files, n, &err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status == 0 ? 0 : fail(path, &err);
}
