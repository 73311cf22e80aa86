/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the processes in an strace have open, and where their files' positions are. */
#ifndef TRACE_FORMATS_STRACE_FILES_H
#define TRACE_FORMATS_STRACE_FILES_H

#include "trace/names.h"
#include "trace/formats/strace_call.h"
#include "trace/formats/table.h"

struct strace_files {
	struct names paths;
	struct table files;     /* by process and descriptor: index into paths + 1, 0 closed */
	struct table positions; /* by the same: the file position + 1, 0 unknown */
	struct table roots;     /* by process: the first of its ancestors in the trace */
};

void strace_files_done(struct strace_files *state);

/* A process' descriptor, as a key.  Threads and forked processes are taken to share their descriptors. */
uint64_t strace_file_key(const struct strace_files *state, uint64_t pid, int64_t fd);

/* The file behind it: `path` when that is not empty, else what was opened, else "fd N"; NULL on an error. */
const char *strace_file_path(struct strace_files *state, uint64_t key, int64_t fd, struct text_part path,
			     struct err *err);

/* What calls do to descriptors; `arg` is the argument with the path, or of a seek with the result (0: it is
   what the call returns).  0 or -1. */
int strace_files_seek(struct strace_files *state, size_t arg, const struct call *call, struct err *err);
int strace_files_open(struct strace_files *state, size_t arg, const struct call *call, struct err *err);
int strace_files_close(struct strace_files *state, const struct call *call, struct err *err);
int strace_files_dup(struct strace_files *state, const struct call *call, struct err *err);
int strace_files_fork(struct strace_files *state, const struct call *call, struct err *err);

#endif
