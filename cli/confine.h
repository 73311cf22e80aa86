/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sandbox of a command: what its command line names is open or may be opened, and nothing else. */
#ifndef CLI_CONFINE_H
#define CLI_CONFINE_H

#include "cli/cli.h"

/* Whether a command parses in a sandbox where nothing is said; programs that sanitizers watch cannot. */
#ifndef SANDBOX_DEFAULT
#define SANDBOX_DEFAULT true
#endif

/* Opens the disks, which may need programs and connections, and then enters the sandbox, once for the program's whole
   life; traces, saved maps and outputs are opened inside.  `files` are traces or parts; `disk` may be NULL.  0, or
   STATUS_FAILED after a message. */
int confine(const struct common *common, const char *const *files, size_t nfiles, const char *disk);

/* The same for files of which it is not yet known what they are: each may be a disk, for two maps. */
int confine_any(const struct common *common, const char *const *files, size_t nfiles);

/* The disks that confine has opened: an image_opener. */
int confine_opened(const char *path, struct image **image, struct err *err);

#endif
