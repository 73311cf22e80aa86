/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Before what strangers have written is parsed, the program gives up what parsing does not need: Landlock leaves the
   files that the command line names and the folders of its outputs, seccomp the system calls that are listed in
   sandbox_calls.c, and of root's capabilities none is left that no named file needs.  What has been opened or
   started before (a device, a server's socket, qemu-nbd) stays. */
#ifndef CLI_SANDBOX_H
#define CLI_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum sandbox_use {
	SANDBOX_READ,    /* a file, or a folder and all below it */
	SANDBOX_LIST,    /* a folder whose names may be read */
	SANDBOX_REPLACE, /* a folder in which files appear, and replace others */
	SANDBOX_MAKE,    /* the same, and folders */
	SANDBOX_WRITE,   /* a file or a device that is written in place */
	SANDBOX_KEEP,    /* a folder of temporary files */
};

struct sandbox_rule {
	char *path; /* owned */
	enum sandbox_use use;
};

struct sandbox {
	struct sandbox_rule *at;
	size_t n, cap;
	bool sockets; /* an output is a socket, to which one must connect */
	bool closed;  /* nothing needs to be opened inside but what file_keep has */
	bool alone;   /* no further threads will be needed */
	int abi_most; /* at most this version of Landlock is used; for tests */
	/* What came of it. */
	int abi;          /* of Landlock; 0 without */
	bool calls, caps; /* seccomp is in force; all capabilities are gone */
};
#define SANDBOX_INIT                                                                                         \
	{                                                                                                    \
		.abi_most = 1000                                                                             \
	}

/* What does not exist is left out. */
void sandbox_allow(struct sandbox *sandbox, const char *path, enum sandbox_use use);

/* Puts it in force, for this thread and those that it makes; what the kernel does not have is left out.  0, or -1
   where the kernel has it and refuses it. */
int sandbox_enter(struct sandbox *sandbox, struct err *err);
void sandbox_done(struct sandbox *sandbox);

/* --- for sandbox.c --- */

/* 0 with sandbox->calls set, or -1. */
int sandbox_limit_calls(struct sandbox *sandbox, struct err *err);

/* Tries, as hostile code would, to open, connect, run and signal; prints what worked: 0 when nothing did. */
int sandbox_try_out(void);

#endif
