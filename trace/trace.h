/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace: accesses read in batches from one of the formats in trace/formats.c.

   A format is a const struct; its reader keeps its state in trace->state and never sees another
   format's.  Errors name the place ("line 5: ..." or "byte 96: ..."); cli/ puts the file's name in front. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "base/err.h"
#include "base/vec.h"
#include "trace/access.h"
#include "trace/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_format;

/* What the user said about how to read it; NULL or zero where nothing was said. */
struct trace_options {
	const char *format; /* a format's name, with ":ARGUMENT" where the format takes one */
	const char *device; /* the one device to keep of a trace that holds several */
	const char *event;  /* which event counts, for formats with several a request */
};

struct trace {
	const struct trace_format *format;
	const char *argument;           /* what followed "NAME:" in --format, or NULL */
	const char *path;               /* as given; "-" is standard input */
	struct trace_options options;
	struct input *input;
	void *state;                    /* the format's own */
	uint64_t disk_sectors;          /* the size that the trace states, 0 if it does not */
	const char *event;              /* the event that is counted, or NULL where there is one a request */
	VEC(char *) devices;            /* names by access.device; owned */
	VEC(char *) comms;              /* names by access.comm; [0] is ""; owned */
	VEC(char *) notes;              /* what was lost, out of order or unfinished; owned */
	uint32_t chosen;                /* the device that options.device named */
	bool has_chosen;
};

struct trace_format {
	const char *name;
	const char *help;
	/* Whether these first bytes are such a trace.  "No" is an answer, not an error. */
	bool (*probe)(const uint8_t *bytes, size_t len);
	/* Reads what comes before the first access, sets up trace->state; 0 or -1. */
	int (*open)(struct trace *trace, struct err *err);
	/* Fills up to n accesses (n > 0); how many, 0 at the end, -1 on an error.  Does not filter by device. */
	long (*read)(struct trace *trace, struct access *batch, size_t n, struct err *err);
	/* Frees trace->state, which may be NULL. */
	void (*close)(struct trace *trace);
};

/* All formats in the order in which they are probed, NULL at the end. */
extern const struct trace_format *const trace_formats[];

int trace_open(struct trace **trace, const char *path, const struct trace_options *options, struct err *err);
void trace_close(struct trace *trace);

/* The next accesses in order (of the chosen device only); how many, 0 at the end, -1 on an error. */
long trace_read(struct trace *trace, struct access *batch, size_t n, struct err *err);

/* Starts again from the first access. */
int trace_rewind(struct trace *trace, struct err *err);

/* For formats: the index of a device or command name, added when it is new; -1 without memory.
   A trace holds at most a few thousand of either. */
long trace_device(struct trace *trace, const char *name, size_t len, struct err *err);
long trace_comm(struct trace *trace, const char *name, size_t len, struct err *err);

/* For formats: something the report should say. */
int trace_note(struct trace *trace, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The word for an op, as in the contract. */
const char *access_op_name(enum access_op op);

#endif
