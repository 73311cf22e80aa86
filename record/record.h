/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a command under a tracer and keeps what the tracer logged of each disk.

   A tracer is a const struct; it sets the tracing up before the command starts and takes it down after
   the command has ended, whether by itself or by a signal.  The logs lie in a directory of their own
   that goes with record_done; making traces of them is left to the caller (record_log_options). */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include "base/err.h"
#include "base/vec.h"
#include "record/child.h"
#include "record/disk.h"
#include "record/scratch.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

struct recorder;

/* What the user wants, and what the environment says; NULL where nothing was said. */
struct record_options {
	const struct recorder *recorder;
	char *const *command; /* ends with NULL */
	const char *target;   /* the disk or the device to serve or trace; NULL with libguestfs */
	const char *drive;    /* the one drive to keep: its number, its path or its file's name */
	const char *before;   /* copies of the image go there */
	const char *after;
	bool force;          /* copies may replace files */
	bool raw;            /* the disk that is served is raw, whatever it looks like */
	const char *self;    /* this program */
	const char *tmpdir;  /* where temporary files go */
	const char *path;    /* PATH */
	const char *hv;      /* LIBGUESTFS_HV */
	const char *backend; /* LIBGUESTFS_BACKEND */
};

struct record {
	const struct record_options *options;
	struct scratch scratch;
	struct child child;
	char **command;         /* what to run instead of options->command, or NULL; the tracer's */
	struct disks disks;     /* those that were traced; without the ones that --drive leaves out */
	char *log;              /* the tracer's log of all of them; owned */
	const char *log_format; /* as the trace reader calls it */
	void *state;            /* the tracer's own */
	VEC(char *) notes;      /* what the user should know; owned */
};

struct recorder {
	const char *name;
	const char *log_format;
	/* Before the command: checks that it can be done, sets up, adds to the command's environment. */
	int (*start)(struct record *record, struct err *err);
	/* Called every now and then while the command runs; NULL for nothing to do. */
	int (*tick)(struct record *record, struct err *err);
	/* After the command: ends the tracing, sets log and disks.  Also called after a failed start. */
	int (*stop)(struct record *record, struct err *err);
};

extern const struct recorder recorder_guestfs;
extern const struct recorder recorder_nbd;
extern const struct recorder recorder_device;

/* Runs the command to its end: 0 when there is a log, or -1.  The command's exit status is
   record->child.status then, -1 if it did not run. */
int record_run(struct record *record, const struct record_options *options, struct err *err);

/* How to read the log of one of the disks. */
struct trace_options record_log_options(const struct record *record, const struct disk *disk);

/* Removes everything that is not the user's, and lets signals pass again. */
void record_done(struct record *record);

/* Copies one of the disks. */
int record_copy(const struct record *record, const char *image, const char *to, struct err *err);

int record_note(struct record *record, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
