/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table with a first line that names its columns, in names and units of trace/formats/row.h (the profile
   "generic" of trace/formats/csv.c): times in seconds, places in sectors of 512 bytes.  What an access does
   not have is an empty cell. */
#include "base/escape.h"
#include "trace/writers/writers.h"

#include <inttypes.h>
#include <string.h>

static int csv_begin(struct writer *writer, struct err *err)
{
	(void)err;
	text_str(&writer->out, "time,op,sector,sectors,latency,device,pid,comm,flags\n");
	return 0;
}

static void add_time(struct text *out, int64_t ns, int64_t none)
{
	if (ns != none)
		writer_seconds(out, ns);
	text_char(out, ',');
}

static void add_name(struct writer *writer, const char *name)
{
	escape_csv(&writer->out, name, strlen(name));
}

static int csv_access(struct writer *writer, const struct access *access, struct err *err)
{
	struct text *out = &writer->out;

	(void)err;
	add_time(out, access->time_ns, ACCESS_NO_TIME);
	text_printf(out, "%s,%" PRIu64 ",%" PRIu64 ",", access_op_name((enum access_op)access->op),
		    access->start, access->count);
	add_time(out, access->latency_ns, ACCESS_NO_LATENCY);
	if (writer->facts.device != NULL)
		add_name(writer, writer->facts.device);
	text_char(out, ',');
	if (access->pid != ACCESS_NO_PID)
		text_u64(out, access->pid);
	text_char(out, ',');
	add_name(writer, writer_comm(writer, access));
	text_char(out, ',');
	writer_flags(out, access, '+');
	text_char(out, '\n');
	return 0;
}

const struct writer_format writer_csv = {
    .name = "csv",
    .extension = ".csv",
    .help = "a table whose first line names its columns",
    .begin = csv_begin,
    .access = csv_access,
};
