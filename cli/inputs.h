/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a command will write is nothing that it reads, and nothing that somebody else has made. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct planned {
	char *name; /* owned */
	struct stat was;
};

/* The files that a command will write: those that were there already. */
struct outputs {
	struct planned *at;
	size_t n, cap;
	char **names; /* all, there already or not; owned */
	size_t nnames;
	bool force; /* --force: also over what blkmap has not written */
};

/* Says that a file will be written.  0, or STATUS_FAILED after a message, where it is a block device, or,
   without --force, has bytes that no command of blkmap writes at the start of a file. */
int outputs_add(struct outputs *outputs, const char *path);

/* The same for a file whose bytes need not be known, such as the copy of a disk: without --force, it is new
   or empty. */
int outputs_add_new(struct outputs *outputs, const char *path);
void outputs_done(struct outputs *outputs);

/* Before a file or device is read: 0, or STATUS_FAILED after a message, where one of the outputs, or standard
   output, is the same file or device, or a file that the device lies in.  NULL and URIs are fine; "-" is
   standard input. */
int outputs_spare(const struct outputs *outputs, const char *input);

/* Whether a file begins as one of those that blkmap writes. */
bool output_is_ours(const char *bytes, size_t n);

#endif
