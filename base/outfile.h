/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that appears whole or not at all: its bytes go to a file without a name, which gets the name,
   in place of an older file, when all of them are written.  A program that is killed leaves nothing. */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct outfile {
	int fd;      /* -1 when it is not open; the owner may write to it or change its size */
	char *path;  /* what symbolic links lead to; owned */
	char *temp;  /* the temporary name, where the file system has no files without one; owned */
	bool direct; /* a pipe or a device (or "-", standard output) is written in place */
};
#define OUTFILE_INIT                                                                                         \
	{                                                                                                    \
		.fd = -1                                                                                     \
	}

/* Errors do not repeat the name. */
int outfile_open(struct outfile *file, const char *path, struct err *err);
int outfile_write(struct outfile *file, const void *bytes, size_t len, struct err *err);

/* Gives the file its name, and closes it. */
int outfile_commit(struct outfile *file, struct err *err);

/* Closes it and leaves nothing; does nothing to a file that is closed. */
void outfile_abandon(struct outfile *file);

#endif
