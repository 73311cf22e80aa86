/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of strace taken apart: who called what when, with which arguments, and what came back. */
#ifndef TRACE_FORMATS_STRACE_CALL_H
#define TRACE_FORMATS_STRACE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALL_ARGS 8

struct text_part {
	const char *at;
	size_t len;
};

enum call_kind {
	CALL_COMPLETE,
	CALL_UNFINISHED, /* "NAME(ARGS <unfinished ...>" */
	CALL_RESUMED,    /* "<... NAME resumed>ARGS) = RESULT" */
	CALL_OTHER,      /* a signal, an exit, strace's own words */
	CALL_BAD,
};

struct call {
	uint64_t pid; /* 0 where the line has none */
	int64_t time_ns, duration_ns;
	bool time_is_relative; /* strace -r: since the line before */
	struct text_part name;
	const char *body; /* from the name on, or behind "resumed>" */
	struct text_part args[CALL_ARGS];
	size_t nargs;
	bool has_result; /* a number */
	int64_t result;
	const char *result_at; /* what stands behind the "= " */
};

enum call_kind call_scan(const char *text, struct call *call);

/* The rest of a call from its name on, with its arguments and result; false when it is not whole. */
bool call_scan_body(const char *body, struct call *call);

/* "3</path>" or "3" as descriptor and path (len 0 where it has none); false when it is neither. */
bool call_descriptor(struct text_part arg, int64_t *fd, struct text_part *path);

/* A whole number, decimal or hexadecimal. */
bool call_number(struct text_part arg, uint64_t *value);

bool call_is(struct text_part text, const char *word);

#endif
