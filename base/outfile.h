/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one way to write regular files.  One appears whole or not at all: its bytes go to a file without a
   name, which gets the name, in place of an older file, when all of them are written.  A program that is
   killed leaves nothing, and the older file as it was.

   The new file has the mode and the owner of the older one.  Where the directory takes no new files, or the
   owner could not be kept, the bytes wait in a temporary file and are copied over the older file's when all
   are there and its file system has promised the room.  Pipes, sockets and character devices are written
   through; a block device is refused. */
#ifndef BASE_OUTFILE_H
#define BASE_OUTFILE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct outfile_options {
	const char *tmpdir; /* where bytes wait, as tempfile_open has it; NULL for /tmp */
	bool sync;          /* on the disk before it has its name */
};

struct outfile {
	int fd;     /* -1 when it is not open; the owner may write to it or change its size */
	char *path; /* what symbolic links lead to; owned */
	struct stat old;
	bool has_old;
	bool direct; /* a pipe, a socket or a character device (or "-", standard output) */
	bool waits;  /* its bytes are in a temporary file that cannot get the name */
	bool sync;
	bool is_new;  /* it has its name, which nothing had before */
	bool swapped; /* `aside` is the older file */
	char *aside;  /* a second name beside the path, or NULL; owned */
};
#define OUTFILE_INIT                                                                                         \
	{                                                                                                    \
		.fd = -1                                                                                     \
	}

/* `options` may be NULL.  Errors do not repeat the name. */
int outfile_open(struct outfile *file, const char *path, const struct outfile_options *options,
		 struct err *err);
int outfile_write(struct outfile *file, const void *bytes, size_t len, struct err *err);

/* Gives the file its name, and closes it.  Signals that would end the program wait meanwhile. */
int outfile_commit(struct outfile *file, struct err *err);

/* The same in two steps, for several files that appear together: after outfile_place the file has its name
   and outfile_abandon still takes it back (but for bytes that were copied over others); outfile_settle ends
   it. */
int outfile_place(struct outfile *file, struct err *err);
int outfile_settle(struct outfile *file, struct err *err);

/* Closes it and leaves what was there before; does nothing to a file that is closed. */
void outfile_abandon(struct outfile *file);

/* What a path leads to through symbolic links, the last of which need not be there; to be freed, or NULL with
   errno. */
char *outfile_resolve(const char *path);

#endif
