/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A saved map is used where it lies in the page cache.  Where somebody cuts the file off, the kernel has
   nothing to give for what is gone, and says so with SIGBUS; what is written into the file or cut off within
   a page just changes, which its size and time tell. */
#include "cli/guard.h"

#include "base/openfile.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct guard {
	int fd;
	struct stat was;
	/* Made beforehand, since a signal's handler may do little. */
	char message[4200];
	size_t message_len;
} guard = {.fd = -1};

static void say_and_end(int number)
{
	ssize_t wrote = write(STDERR_FILENO, guard.message, guard.message_len);

	(void)number;
	(void)wrote;
	_exit(STATUS_FAILED);
}

static bool is_changed(const struct stat *was, const struct stat *now)
{
	return was->st_size != now->st_size || was->st_mtim.tv_sec != now->st_mtim.tv_sec ||
	       was->st_mtim.tv_nsec != now->st_mtim.tv_nsec;
}

void guard_check(void)
{
	struct stat now;

	if (guard.fd >= 0 && fstat(guard.fd, &now) == 0 && is_changed(&guard.was, &now))
		say_and_end(0);
}

/* Numbers that were changed may lead anywhere.  An error of our own comes again, and ends as such. */
static void end_if_changed(int number)
{
	(void)number;
	guard_check();
}

void guard_saved_map(const char *path)
{
	struct err why;
	struct sigaction gone = {.sa_handler = say_and_end};
	struct sigaction wild = {.sa_handler = end_if_changed, .sa_flags = (int)SA_RESETHAND};

	snprintf(guard.message, sizeof(guard.message),
		 "blkmap: %.4000s: damaged: it was changed while it was in use\n", path);
	guard.message_len = strlen(guard.message);
	guard.fd = file_open(path, FILE_DISK, &why);
	if (guard.fd >= 0 && fstat(guard.fd, &guard.was) != 0)
		guard.fd = -1;
	sigaction(SIGBUS, &gone, NULL);
	sigaction(SIGSEGV, &wild, NULL);
}
