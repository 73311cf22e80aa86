/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening files to read whose names come from anywhere.  To open a device may do something by itself (a
   watchdog, a tape), so what lies there is asked before. */
#ifndef BASE_OPENFILE_H
#define BASE_OPENFILE_H

#include "base/err.h"

enum file_use {
	FILE_DISK,  /* a regular file or a block device */
	FILE_TRACE, /* these, a pipe, a socket or a terminal */
	FILE_TEXT,  /* a regular file or a pipe */
};

/* The descriptor, or -1 with a text that does not repeat the path.  A pipe is waited for only where it may be
   one. */
int file_open(const char *path, enum file_use use, struct err *err);

/* Opens a file now for when nothing can be opened any more: file_open gives a copy of the descriptor then, at the
   file's start.  Kept for as long as the program runs; what cannot be opened is left to file_open. */
void file_keep(const char *path, enum file_use use);

#endif
