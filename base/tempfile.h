/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files without a name, for what is too large for memory. */
#ifndef BASE_TEMPFILE_H
#define BASE_TEMPFILE_H

#include "base/err.h"

#include <stdint.h>

struct tempfile {
	int fd;         /* -1 when it is not open */
	uint64_t limit; /* bytes that it may have: half of what was free when it was made */
};
#define TEMPFILE_INIT                                                                                        \
	{                                                                                                    \
		.fd = -1                                                                                     \
	}

/* Makes one in `directory`, or in /tmp where that is NULL or no absolute path.  It is gone when it is closed,
   however the program ends. */
int tempfile_open(struct tempfile *file, const char *directory, struct err *err);

/* Whether it may have so many bytes; -1 with the reason. */
int tempfile_check(const struct tempfile *file, uint64_t bytes, struct err *err);
void tempfile_close(struct tempfile *file);

#endif
