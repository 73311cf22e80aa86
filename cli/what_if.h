/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap align --what-if. */
#ifndef CLI_WHAT_IF_H
#define CLI_WHAT_IF_H

#include "cli/cli.h"

#define WHAT_IF_MAX 32

struct what_if_line {
	const char *questions[WHAT_IF_MAX]; /* --what-if */
	unsigned n;
	const char *base;    /* -o, or NULL */
	char *as_is, *moved; /* the files of -o; owned */
};

/* Says which files will be written; 0, or STATUS_FAILED after a message. */
int what_if_plan(struct what_if_line *line, struct common *common);
void what_if_line_done(struct what_if_line *line);

/* The exit status. */
int what_if_run(const struct what_if_line *line, const char *trace_path, const char *disk,
		const struct common *common);

#endif
