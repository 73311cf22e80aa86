/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system calls that touch files or say what is open. */
#ifndef TRACE_FORMATS_STRACE_KNOWN_H
#define TRACE_FORMATS_STRACE_KNOWN_H

#include "trace/access.h"
#include "trace/formats/strace_call.h"

/* What a call does with a descriptor. */
enum action {
	ACT_AT_OFFSET,
	ACT_AT_POSITION,
	ACT_FLUSH,
	ACT_FALLOCATE,
	ACT_IOCTL,
	ACT_SEEK,
	ACT_OPEN,
	ACT_CLOSE,
	ACT_DUP,
	ACT_FORK,
	ACT_COPY
};

struct strace_known {
	const char *name;
	enum action action;
	enum access_op op;
	size_t arg; /* of the offset, the result or the path */
};

/* NULL for any other call. */
const struct strace_known *strace_known_call(struct text_part name);

#endif
