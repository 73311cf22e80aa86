/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One block access, whatever the format it was read from.  Fixed size, no pointers: batches of them
   go from thread to thread. */
#ifndef TRACE_ACCESS_H
#define TRACE_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum access_op { ACCESS_READ, ACCESS_WRITE, ACCESS_DISCARD, ACCESS_ZERO, ACCESS_FLUSH, ACCESS_OPS };

/* What the qtrace marks of the trace say of an access. */
enum access_window {
	WINDOW_UNMARKED, /* no mark has been seen up to here */
	WINDOW_INSIDE,   /* between an on and its off */
	WINDOW_OUTSIDE,  /* after a mark, but in no window */
	WINDOW_MARK,     /* one of the four reads of a mark */
};

enum access_flag {
	ACCESS_FUA = 1,
	ACCESS_SYNC = 2,
	ACCESS_META = 4,
	ACCESS_AHEAD = 8,
	ACCESS_PREFLUSH = 16,
	ACCESS_FAILED = 32,
	ACCESS_UNFINISHED = 64, /* issued, and its completion is not in a trace that has completions */
	ACCESS_RAGGED =
	    128, /* its bytes do not start or end at a sector: start and count are rounded outwards */
	ACCESS_UNCERTAIN = 512, /* its line has no end, so its last number may be cut off */
	ACCESS_APPEND =
	    1024, /* a write to where its zone has come; the start is the zone's where that is uncertain */
	ACCESS_RESET = 2048, /* a discard of a whole zone; the count is 1 where the trace does not say it */
	ACCESS_OFF = 256,    /* the analyzer's: a part of it lies off the unit of alignment on its disk */
	ACCESS_ON = 4096,    /* the analyzer's: it is a part of one that lies on the unit */
};

#define ACCESS_NO_TIME INT64_MIN
#define ACCESS_NO_LATENCY INT64_MIN
#define ACCESS_NO_PID 0

struct access {
	uint64_t start;     /* sectors of 512 bytes from the start of the traced device; 0 for a flush */
	uint64_t count;     /* sectors; 0 for a flush */
	int64_t time_ns;    /* since whatever the trace counts from, or ACCESS_NO_TIME */
	int64_t latency_ns; /* until its completion (from its issue where completions are counted), or
			       ACCESS_NO_LATENCY */
	uint32_t device;    /* index into the trace's devices */
	uint32_t pid;       /* ACCESS_NO_PID where the trace has none */
	uint32_t moment;    /* which of the trace's moments it lies in (trace/trace.h) */
	uint32_t comm;      /* index into the trace's command names; 0 is "" */
	uint8_t op;         /* enum access_op */
	uint8_t window;     /* enum access_window */
	uint16_t flags;     /* enum access_flag */
	uint32_t unused;    /* 0: no bytes of it are anything */
};

/* An access of which nothing is known but what the caller fills in. */
static inline struct access access_blank(void)
{
	return (struct access){.time_ns = ACCESS_NO_TIME, .latency_ns = ACCESS_NO_LATENCY};
}

/* Sets start and count; false when that lies beyond every disk (ACCESS_SECTORS_MAX). */
#define ACCESS_SECTORS_MAX (INT64_MAX >> 9)
bool access_set_sectors(struct access *access, uint64_t start, uint64_t count);

/* The same from bytes, rounded outwards to sectors. */
bool access_set_bytes(struct access *access, uint64_t offset, uint64_t len);

/* The word for an op, as in the contract. */
const char *access_op_name(enum access_op op);

/* The same, but an operation of a zone by its own name. */
const char *access_name(const struct access *access);

/* The flag (enum access_flag) of a word as qtr and csv have it ("fua"), or -1. */
int access_flag_named(const char *word, size_t len);

/* And its word; NULL for what is no flag of a trace. */
const char *access_flag_name(enum access_flag flag);

/* Whether a request is off the unit: its start or its length is not a multiple. */
static inline bool access_is_unaligned(const struct access *access, uint64_t unit_sectors)
{
	if ((access->flags & (ACCESS_RAGGED | ACCESS_OFF | ACCESS_ON)) != 0)
		return (access->flags & ACCESS_ON) == 0;
	if ((unit_sectors & (unit_sectors - 1)) == 0)
		return ((access->start | access->count) & (unit_sectors - 1)) != 0;
	return access->start % unit_sectors != 0 || access->count % unit_sectors != 0;
}

#endif
