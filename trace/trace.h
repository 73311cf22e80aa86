/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace: accesses read in batches from one of the formats in trace/formats.c.

   A format is a const struct; its reader keeps its state in trace->state and never sees another
   format's.  Errors name the place ("line 5: ..." or "byte 96: ..."); cli/ puts the file's name in front. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include "base/err.h"
#include "base/identity.h"
#include "base/vec.h"
#include "trace/access.h"
#include "trace/input/files.h"
#include "trace/input/input.h"
#include "trace/input/strays.h"
#include "trace/names.h"
#include "trace/remaps.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_format;

/* What the user said about how to read it; NULL or zero where nothing was said. */
#define TRACE_MEMORY_DEFAULT (UINT64_C(256) << 20)

struct trace_options {
	const char *format;  /* a format's name, with ":ARGUMENT" where the format takes one */
	const char *device;  /* the one device to keep of a trace that holds several */
	const char *event;   /* which event counts, for formats with several a request */
	unsigned threads;    /* how many may work on it; 0 is one */
	const char *tmpdir;  /* for what must be read twice and comes through a pipe; NULL for /tmp */
	uint64_t max_memory; /* bytes that names and unfinished calls may take, of each at most a quarter; 0
				is TRACE_MEMORY_DEFAULT */
	bool piece;          /* it is a piece of a trace: what stands at its beginning may be missing */
	unsigned number, of; /* of a whole trace, only the number-th (from 1) of so many pieces; 0 for all */
};

/* The stations of a request that a trace may tell of. */
enum trace_stage { STAGE_QUEUE, STAGE_ISSUE, STAGE_COMPLETE, STAGES, STAGE_REQUEUE = STAGES };

/* How many events of each stage the trace holds for one device. */
struct trace_seen {
	uint64_t stage[STAGES];
	uint64_t sectors; /* its size, where the trace states it; 0 elsewhere */
};

/* A mark with a name, for formats that have them. */
struct trace_mark {
	uint64_t at; /* how many of the trace's accesses come before it, whatever their device */
	char *name;
};

struct trace {
	const struct trace_format *format;
	const char *argument; /* what followed "NAME:" in --format, or NULL */
	const char *path;     /* as given; "-" is standard input */
	char why[192];        /* which reader was chosen, and why: one line, for -v */
	struct trace_options options;
	struct files files;           /* the files that path means: one for most formats */
	struct input *input;          /* the first of them that is not empty */
	void *state;                  /* the format's own */
	bool single;                  /* the format's open says: one device, one event a request */
	bool surveying;               /* the first reading, which only finds devices and events */
	bool disordered;              /* the survey saw times that go back */
	uint64_t parsed;              /* accesses that came through trace_format.parse */
	uint64_t kept[4];             /* what the format keeps from the survey to the reading */
	uint64_t disk_sectors;        /* the size that the trace states, 0 if it does not */
	bool own_sectors;             /* they count from the device that is named, be it a partition */
	bool rounded;                 /* it may have been rounded up to a multiple of 64 */
	struct identity identity;     /* what its recorder wrote of the disk; without words where it did not */
	struct remaps *remaps;        /* what the survey saw of remap events, or NULL */
	unsigned blind;               /* which operations (1 << enum access_op) its recorder cannot see */
	const char *event;            /* the event that is counted, or NULL where there is one a request */
	uint64_t memory;              /* bytes that unfinished calls may take */
	struct names devices;         /* names by access.device */
	struct names comms;           /* names by access.comm; [0] is "" */
	VEC(struct trace_seen) seen;  /* by device, from the survey */
	struct strays strays;         /* lines that are none of the trace, and a last one without its end */
	VEC(char *) notes;            /* what was lost, out of order or unfinished; owned */
	VEC(struct trace_mark) marks; /* those that have been read; owned */
	/* Set by who knows more of the trace than it says: sorted numbers of accesses of the whole trace,
	   behind each of which another moment begins; not owned.  `first` is the number of the first access
	   that is read. */
	const uint64_t *moments;
	size_t nmoments;
	uint64_t first;
	uint32_t chosen; /* the device to keep: options.device, or the only one */
	bool has_chosen; /* options.device was given and is there */
};

#define TRACE_LINE_MIN 4

struct trace_format {
	const char *name;
	const char *help;
	const char *sign;   /* what the probe goes by: "it starts with 'fio version'" */
	const char *events; /* the values of options.event, or NULL where it does not apply */
	/* Whether these first bytes are such a trace.  "No" is an answer, not an error.  NULL: never. */
	bool (*probe)(const uint8_t *bytes, size_t len);
	/* Reads what comes before the first access, sets up trace->state; 0 or -1. */
	int (*open)(struct trace *trace, struct err *err);
	/* Fills up to n accesses (n > 0); how many, 0 at the end, -1 on an error.  Does not filter by
	   device. */
	long (*read)(struct trace *trace, struct access *batch, size_t n, struct err *err);
	/* Or NULL.  Parses whole lines of a trace that is `single`, each of which is one access, on any
	   thread: how many accesses it put into `at`, which has room for one every TRACE_LINE_MIN bytes; -1
	   when some line is anything else, and all of them must go through `read`. */
	long (*parse)(const struct trace *trace, const char *lines, size_t len, struct access *at);
	/* Whether lines from somewhere in such a trace begin with these bytes; NULL for a format of which a
	   piece cannot be read without what came before. */
	bool (*continues)(const uint8_t *bytes, size_t len);
	/* Frees trace->state, which may be NULL. */
	void (*close)(struct trace *trace);
};

/* All formats in the order in which they are probed, NULL at the end. */
extern const struct trace_format *const trace_formats[];

/* Opens a trace.  Unless its format says that it is single, it is read once to the end, so that
   errors, the devices and the events in it are known before the first access. */
int trace_open(struct trace **trace, const char *path, const struct trace_options *options, struct err *err);
void trace_close(struct trace *trace);

/* The name of the format that a file seems to have; NULL when it is no trace, or no file. */
const char *trace_recognised(const char *path);

/* The next accesses in order (of the chosen device only); how many, 0 at the end, -1 on an error. */
long trace_read(struct trace *trace, struct access *batch, size_t n, struct err *err);

/* Whether only the bytes of the piece that the options name are read.  Otherwise the whole trace is, and who
   reads it counts the piece's batches. */
bool trace_is_cut(const struct trace *trace);

/* For who reads with a format's own functions: the end has been reached.  Tells what was left out in a note;
   -1 when it was too much.  trace_read does this itself. */
int trace_end(struct trace *trace, struct err *err);

/* Starts again from the first access. */
int trace_rewind(struct trace *trace, struct err *err);

/* For formats: the index of a device or command name, added when it is new; -1 on an error.  A trace
   holds at most NAMES_MAX of either; commands beyond that are all "". */
long trace_device(struct trace *trace, const char *name, size_t len, struct err *err);
long trace_comm(struct trace *trace, const char *name, size_t len, struct err *err);

/* For formats, in the survey: a remap event of the device `name`, and an access of one. */
int trace_remap(struct trace *trace, const char *name, const char *from, uint64_t sector,
		uint64_t from_sector, struct err *err);
void trace_see(struct trace *trace, const char *name, uint64_t sector);

/* For formats: something the report should say. */
int trace_note(struct trace *trace, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* For formats: a named mark before the access that comes next; `at` as in struct trace_mark. */
int trace_mark(struct trace *trace, uint64_t at, const char *name, size_t len, struct err *err);

#endif
