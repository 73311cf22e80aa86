/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fio's iolog version 3 (fio(1) "TRACE FILE FORMAT", read_iolog in fio's iolog.c since 3.31):
   microseconds since the first access, a file's name without blanks, an action, bytes.  fio waits from
   one time to the next, so they may not go back, and takes no request above 4 GiB. */
#include "trace/writers/writers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
struct fio {
	uint64_t last_us;
	char *name;
};

static void add_line(struct writer *writer, const char *action)
{
	const struct fio *fio = writer->state;

	text_printf(&writer->out, "%" PRIu64 " %s %s\n", fio->last_us, fio->name, action);
}

/* The device's name as fio reads it: up to 255 characters without blanks. */
static char *name_of(struct writer *writer)
{
	const char *device = writer->facts.device;
	char *name;

	text_clear(&writer->out);
	writer_name(writer, device != NULL && *device != '\0' ? device : "disk", " ");
	if (writer->out.short_of_memory || asprintf(&name, "%.255s", writer->out.at) < 0)
		return NULL;
	text_clear(&writer->out);
	return name;
}

static int fio_begin(struct writer *writer, struct err *err)
{
	struct fio *fio = calloc(1, sizeof(*fio));

	writer->state = fio;
	if (fio != NULL)
		fio->name = name_of(writer);
	if (fio == NULL || fio->name == NULL)
		return err_nomem(err);
	text_str(&writer->out, "fio version 3 iolog\n");
	add_line(writer, "add");
	add_line(writer, "open");
	return 0;
}

static void take_time(struct writer *writer, const struct access *access)
{
	struct fio *fio = writer->state;
	uint64_t ns;

	writer->lost[LOSS_NO_TIME] += access->time_ns == ACCESS_NO_TIME;
	if (access->time_ns == ACCESS_NO_TIME)
		return;
	ns = (uint64_t)access->time_ns - (uint64_t)writer->facts.first_ns;
	if (ns / 1000 < fio->last_us)
		writer->lost[LOSS_TIME_BACK]++;
	else
		fio->last_us = ns / 1000;
	writer->lost[LOSS_TIME_UNITS] += ns % 1000 != 0;
}

static void count_losses(struct writer *writer, const struct access *access)
{
	writer->lost[LOSS_ZERO] += access->op == ACCESS_ZERO;
	writer->lost[LOSS_LATENCY] += access->latency_ns != ACCESS_NO_LATENCY;
	writer->lost[LOSS_PID] += access->pid != ACCESS_NO_PID;
	writer->lost[LOSS_COMM] += access->comm != 0;
	writer->lost[LOSS_FLAGS] += access->flags != 0;
}

static int fio_access(struct writer *writer, const struct access *access, struct err *err)
{
	static const char *const actions[ACCESS_OPS] = {"read", "write", "trim", "write", "sync"};
	const struct fio *fio = writer->state;
	uint64_t at = access->start, left = access->count;

	if (writer_check_pieces(writer, access, err) != 0)
		return -1;
	take_time(writer, access);
	count_losses(writer, access);
	do {
		uint64_t piece = left < WRITER_PIECE_SECTORS ? left : WRITER_PIECE_SECTORS;

		text_printf(&writer->out, "%" PRIu64 " %s %s %" PRIu64 " %" PRIu64 "\n", fio->last_us,
			    fio->name, actions[access->op], at * 512, piece * 512);
		at += piece;
		left -= piece;
	} while (left > 0);
	return 0;
}

static int fio_end(struct writer *writer, struct err *err)
{
	(void)err;
	add_line(writer, "close");
	return 0;
}

static void fio_close(struct writer *writer)
{
	struct fio *fio = writer->state;

	if (fio != NULL)
		free(fio->name);
	free(fio);
}

const struct writer_format writer_fio = {
    .name = "fio",
    .extension = ".iolog",
    .help = "fio's iolog, version 3",
    .begin = fio_begin,
    .access = fio_access,
    .end = fio_end,
    .close = fio_close,
};
