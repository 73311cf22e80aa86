/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blktrace's binary records (the kernel's include/uapi/linux/blktrace_api.h; version 7, and version 8,
   struct blk_io_trace2, since Linux 6.19), in the byte order of the traced host: one file of them. */
#ifndef TRACE_FORMATS_BLKTRACE_FILE_H
#define TRACE_FORMATS_BLKTRACE_FILE_H

#include "base/err.h"
#include "trace/access.h"
#include "trace/input/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Categories, the upper part of an action. */
enum {
	CAT_WRITE = 1 << 1,
	CAT_FLUSH = 1 << 2,
	CAT_SYNC = 1 << 3,
	CAT_PC = 1 << 9,
	CAT_NOTIFY = 1 << 10,
	CAT_AHEAD = 1 << 11,
	CAT_META = 1 << 12,
	CAT_DISCARD = 1 << 13,
	CAT_FUA = 1 << 15,
	CAT_ZONE_APPEND = 1 << 16,
	CAT_ZONE_RESET = 3 << 17, /* of one, or of all */
	CAT_ZONE_FINISH = 1 << 19,
	CAT_ZONE_OPEN = 1 << 20,
	CAT_ZONE_CLOSE = 1 << 21,
	CAT_WRITE_ZEROES = 1 << 22,
};

/* Actions, the lower part, without the bit that says that a cgroup's number follows. */
enum { ACT_QUEUE = 1, ACT_REQUEUE = 6, ACT_ISSUE = 7, ACT_COMPLETE = 8, ACT_REMAP = 15, ACT_CGROUP = 0x100 };
enum { NOTIFY_PROCESS = 0, NOTIFY_MESSAGE = 2 };

struct blktrace_record {
	uint64_t time, sector;
	uint32_t sequence, bytes, pid, device, cpu, act;
	uint64_t category;
	uint16_t error, pdu_len;
};

struct blktrace_file {
	struct input *input;
	const char *path;
	bool owns_input, big_endian;
	bool many; /* there are other files, so messages say which one it is */
	uint8_t version;
	uint32_t magic; /* of the record before, as it stands */
	struct blktrace_record record;
	uint8_t pdu[160];        /* the start of what follows the record */
	const uint8_t *at, *end; /* bytes that the input has shown, from the next record on */
	const uint8_t *shown;    /* where they begin */
	uint64_t key, sequence;  /* of the record before: device and CPU, and its number */
};

/* The version in a magic number, 0 for none; *big says in which byte order. */
uint8_t blktrace_version(const uint8_t *p, bool *big);

/* Reads the next record: 1, 0 at the end, -1 on an error. */
int blktrace_advance(struct blktrace_file *file, struct err *err);

/* "byte 96: ", with the file's name where there are several; -1. */
int blktrace_bad(const struct blktrace_file *file, const char *what, struct err *err);

/* The station of a request that a record tells of (enum trace_stage), or -1. */
int blktrace_stage(const struct blktrace_record *record);

/* What a request does to its zone that moves no data: 'F'inish, 'O'pen, 'C'lose; 0 for every other. */
char blktrace_zone(const struct blktrace_record *record);

/* What a request does: op and flags.  False when it touches nothing (a SCSI command, a zone's management, the
   end of a flush that came with a write). */
bool blktrace_op(const struct blktrace_record *record, struct access *access);

#endif
