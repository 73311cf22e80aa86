/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trace/formats/strace_known.h"

const struct strace_known *strace_known_call(struct text_part name)
{
	static const struct strace_known calls[] = {
	    {"pread64", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"pread", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"pwrite64", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"pwrite", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"preadv", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"preadv2", ACT_AT_OFFSET, ACCESS_READ, 3},
	    {"pwritev", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"pwritev2", ACT_AT_OFFSET, ACCESS_WRITE, 3},
	    {"read", ACT_AT_POSITION, ACCESS_READ, 0},
	    {"readv", ACT_AT_POSITION, ACCESS_READ, 0},
	    {"write", ACT_AT_POSITION, ACCESS_WRITE, 0},
	    {"writev", ACT_AT_POSITION, ACCESS_WRITE, 0},
	    {"fsync", ACT_FLUSH, ACCESS_FLUSH, 0},
	    {"fdatasync", ACT_FLUSH, ACCESS_FLUSH, 0},
	    {"fallocate", ACT_FALLOCATE, ACCESS_ZERO, 2},
	    {"ioctl", ACT_IOCTL, ACCESS_DISCARD, 2},
	    {"copy_file_range", ACT_COPY, ACCESS_READ, 0},
	    {"sendfile", ACT_COPY, ACCESS_READ, 1},
	    {"sendfile64", ACT_COPY, ACCESS_READ, 1},
	    {"lseek", ACT_SEEK, ACCESS_READ, 0},
	    {"_llseek", ACT_SEEK, ACCESS_READ, 2},
	    {"open", ACT_OPEN, ACCESS_READ, 0},
	    {"openat", ACT_OPEN, ACCESS_READ, 1},
	    {"openat2", ACT_OPEN, ACCESS_READ, 1},
	    {"creat", ACT_OPEN, ACCESS_READ, 0},
	    {"close", ACT_CLOSE, ACCESS_READ, 0},
	    {"dup", ACT_DUP, ACCESS_READ, 0},
	    {"dup2", ACT_DUP, ACCESS_READ, 0},
	    {"dup3", ACT_DUP, ACCESS_READ, 0},
	    {"clone", ACT_FORK, ACCESS_READ, 0},
	    {"clone3", ACT_FORK, ACCESS_READ, 0},
	    {"fork", ACT_FORK, ACCESS_READ, 0},
	    {"vfork", ACT_FORK, ACCESS_READ, 0},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (call_is(name, calls[i].name))
			return &calls[i];
	return NULL;
}
