/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of a recording, whatever the tracer: copy, trace, run, stop, copy. */
#include "record/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int record_note(struct record *record, struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len >= 0 && VEC_PUSH(&record->notes, text) == 0)
		return 0;
	if (len >= 0)
		free(text);
	return err_nomem(err);
}

struct trace_options record_log_options(const struct record *record, const struct disk *disk)
{
	return (struct trace_options){
	    .format = record->log_format,
	    .device = disk->device,
	};
}

int record_copy(const struct record *record, const char *image, const char *to, struct err *err)
{
	struct disk_copy how = {.tmpdir = record->options->tmpdir, .force = record->options->force};

	if (disks_spare(&record->disks, to, err) != 0)
		return -1;
	return disk_image_copy(image, to, &how, err);
}

/* Copies every disk's image as it is now. */
static int copy_after(const struct record *record, struct err *err)
{
	const char *after = record->options->after;

	for (size_t i = 0; after != NULL && i < record->disks.n; i++) {
		const struct disk *disk = &record->disks.at[i];
		char *to = record->disks.n > 1 ? path_numbered(after, disk->number) : path_absolute(after);
		int rc = to ? record_copy(record, disk->image, to, err) : err_nomem(err);

		free(to);
		if (rc != 0)
			return err_prefix(err, "--after: ");
	}
	return 0;
}

static int tick(void *context, struct err *err)
{
	struct record *record = context;

	return record->options->recorder->tick(record, err);
}

static int run_command(struct record *record, struct err *err)
{
	const struct recorder *recorder = record->options->recorder;

	if (child_start(&record->child, record->command ? record->command : record->options->command, err) !=
	    0)
		return -1;
	return child_wait(&record->child, recorder->tick ? tick : NULL, record, err);
}

int record_run(struct record *record, const struct record_options *options, struct err *err)
{
	struct err later;
	int rc;

	*record = (struct record){
	    .options = options, .child = CHILD_INIT, .log_format = options->recorder->log_format};
	if (child_take_signals(&record->child, err) != 0 ||
	    scratch_make(&record->scratch, options->tmpdir, err) != 0)
		return -1;
	rc = options->recorder->start(record, err);
	if (rc == 0)
		rc = run_command(record, err);
	/* The first thing that went wrong is what the user wants to know. */
	if (options->recorder->stop(record, rc == 0 ? err : &later) != 0)
		rc = -1;
	if (rc == 0)
		rc = disks_pick(&record->disks, options->drive, err);
	return rc == 0 ? copy_after(record, err) : -1;
}

void record_done(struct record *record)
{
	for (size_t i = 0; i < record->notes.n; i++)
		free(record->notes.at[i]);
	VEC_FREE(&record->notes);
	disks_done(&record->disks);
	free(record->log);
	record->log = NULL;
	scratch_remove(&record->scratch);
	child_done(&record->child);
}
