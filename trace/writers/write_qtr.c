/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* .qtr, in both forms that trace/formats/qtr.c describes: the one of 2010, and the extended one, which is
   only taken where a trace holds more than the places of reads and writes.

   The drawing program of 2010 wants a disk of a multiple of 64 sectors, so the strict form rounds up. */
#include "trace/recorded.h"
#include "trace/writers/writers.h"

#include <inttypes.h>

#define OLD_SECTORS 64

/* %XX for blanks, control characters and %; other bytes as they are. */
static void add_name(struct text *out, const char *name)
{
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;

		if (c <= ' ' || c == 0x7f || c == '%')
			text_printf(out, "%%%02x", c);
		else
			text_char(out, *name);
	}
}

/* What is known of the disk, and what is not. */
static void add_recorded(struct writer *writer)
{
	struct text *out = &writer->out;

	if (writer->facts.least)
		text_str(out, " size=least");
	if (writer->facts.identity.n > 0) {
		text_str(out, " identity=");
		identity_text(out, &writer->facts.identity);
	}
	if (writer->facts.blind != 0) {
		text_str(out, " blind=");
		recorded_blind_words(out, writer->facts.blind);
	}
}

static int qtr_begin(struct writer *writer, struct err *err)
{
	const char *device = writer->facts.device;

	(void)err;
	text_printf(&writer->out, "S %" PRIu64, writer->facts.sectors);
	if (!writer->facts.plain) {
		text_str(&writer->out, " version=2");
		add_recorded(writer);
		if (device != NULL && *device != '\0') {
			text_str(&writer->out, " device=");
			add_name(&writer->out, device);
		}
	}
	text_char(&writer->out, '\n');
	return 0;
}

static void add_columns(struct text *out, const struct access *access)
{
	bool plain = access->op == ACCESS_READ || access->op == ACCESS_WRITE;

	text_str(out, access->op == ACCESS_WRITE ? "W " : "R ");
	text_u64(out, access->op == ACCESS_FLUSH ? 0 : access->start);
	text_char(out, ' ');
	text_u64(out, plain ? access->count : 0);
	if (plain)
		return;
	text_printf(out, " op=%s", access_op_name((enum access_op)access->op));
	if (access->op != ACCESS_FLUSH)
		text_printf(out, " sectors=%" PRIu64, access->count);
}

static void add_fields(struct text *out, const struct writer *writer, const struct access *access)
{
	if (access->time_ns != ACCESS_NO_TIME) {
		text_str(out, " time=");
		writer_seconds(out, access->time_ns);
	}
	if (access->latency_ns != ACCESS_NO_LATENCY) {
		text_str(out, " latency=");
		writer_seconds(out, access->latency_ns);
	}
	if (access->pid != ACCESS_NO_PID)
		text_printf(out, " pid=%" PRIu32, access->pid);
	if (access->comm != 0) {
		text_str(out, " comm=");
		add_name(out, writer_comm(writer, access));
	}
	if (access->flags != 0) {
		text_str(out, " flags=");
		writer_flags(out, access, ',');
	}
}

static int qtr_access(struct writer *writer, const struct access *access, struct err *err)
{
	(void)err;
	add_columns(&writer->out, access);
	add_fields(&writer->out, writer, access);
	text_char(&writer->out, '\n');
	return 0;
}

static int qtr_mark(struct writer *writer, const char *name, struct err *err)
{
	(void)err;
	text_str(&writer->out, "R 0 0 mark=");
	add_name(&writer->out, name);
	text_char(&writer->out, '\n');
	return 0;
}

static int strict_begin(struct writer *writer, struct err *err)
{
	uint64_t over = writer->facts.sectors % OLD_SECTORS;

	(void)err;
	writer->lost[LOSS_SIZE] = over ? OLD_SECTORS - over : 0;
	text_printf(&writer->out, "S %" PRIu64 "\n", writer->facts.sectors + writer->lost[LOSS_SIZE]);
	return 0;
}

static int strict_access(struct writer *writer, const struct access *access, struct err *err)
{
	(void)err;
	writer->lost[LOSS_DISCARD] += access->op == ACCESS_DISCARD;
	writer->lost[LOSS_FLUSH] += access->op == ACCESS_FLUSH;
	if (access->op == ACCESS_DISCARD || access->op == ACCESS_FLUSH)
		return 0;
	writer->lost[LOSS_ZERO] += access->op == ACCESS_ZERO;
	writer->lost[LOSS_TIME] += access->time_ns != ACCESS_NO_TIME;
	writer->lost[LOSS_LATENCY] += access->latency_ns != ACCESS_NO_LATENCY;
	writer->lost[LOSS_PID] += access->pid != ACCESS_NO_PID;
	writer->lost[LOSS_COMM] += access->comm != 0;
	writer->lost[LOSS_FLAGS] += access->flags != 0;
	writer->lost[LOSS_DEVICE] += writer->facts.device != NULL;
	text_printf(&writer->out, "%c %" PRIu64 " %" PRIu64 "\n", access->op == ACCESS_READ ? 'R' : 'W',
		    access->start, access->count);
	return 0;
}

const struct writer_format writer_qtr = {
    .name = "qtr",
    .extension = ".qtr",
    .help = "one line an access, which readers of the form of 2010 accept; holds everything",
    .begin = qtr_begin,
    .access = qtr_access,
    .mark = qtr_mark,
};

const struct writer_format writer_qtr_strict = {
    .name = "qtr-strict",
    .extension = "",
    .help = "the form of 2010 and nothing else (also --strict): reads and writes without times",
    .begin = strict_begin,
    .access = strict_access,
};
