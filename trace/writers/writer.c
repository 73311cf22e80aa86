/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of the formats that can be written, and what they have in common. */
#include "trace/writers/writer.h"

#include "base/json.h"

#include "trace/writers/writers.h"

#include <inttypes.h>
#include <string.h>

#define CHUNK 65536

const struct writer_format *const writer_formats[] = {
    &writer_qtr, &writer_qtr_strict, &writer_fio, &writer_ndjson, &writer_csv, &writer_blktrace, NULL,
};

const struct writer_format *writer_format_named(const char *name)
{
	for (size_t i = 0; writer_formats[i] != NULL; i++)
		if (strcmp(writer_formats[i]->name, name) == 0)
			return writer_formats[i];
	return NULL;
}

/* The length of a path without a last ".CPU", as blktrace's files have one. */
static size_t without_cpu(const char *path)
{
	size_t len = strlen(path), end = len;

	while (end > 0 && path[end - 1] >= '0' && path[end - 1] <= '9')
		end--;
	return end > 0 && end < len && path[end - 1] == '.' ? end - 1 : len;
}

const struct writer_format *writer_format_for(const char *path)
{
	for (size_t i = 0; writer_formats[i] != NULL; i++) {
		const struct writer_format *format = writer_formats[i];
		size_t len = format == &writer_blktrace ? without_cpu(path) : strlen(path);
		size_t want = strlen(format->extension);

		if (want > 0 && len > want && strncmp(path + len - want, format->extension, want) == 0)
			return format;
	}
	return NULL;
}

int writer_open(struct writer *writer, const struct writer_format *format, const char *path,
		const struct outfile_options *output, const struct trace *trace,
		const struct trace_facts *facts, struct err *err)
{
	*writer = (struct writer){
	    .format = format, .trace = trace, .facts = *facts, .file = OUTFILE_INIT, .state = NULL};
	if (outfile_open(&writer->file, path, output, err) != 0)
		return -1;
	return format->begin ? format->begin(writer, err) : 0;
}

static int flush(struct writer *writer, size_t above, struct err *err)
{
	if (writer->out.short_of_memory)
		return err_nomem(err);
	if (writer->out.n <= above)
		return 0;
	if (outfile_write(&writer->file, writer->out.at, writer->out.n, err) != 0)
		return -1;
	text_clear(&writer->out);
	return 0;
}

int writer_access(struct writer *writer, const struct access *access, struct err *err)
{
	if (writer->format->access(writer, access, err) != 0)
		return -1;
	writer->index++;
	return flush(writer, CHUNK, err);
}

int writer_mark(struct writer *writer, const char *name, struct err *err)
{
	if (writer->format->mark != NULL)
		return writer->format->mark(writer, name, err);
	writer->lost[LOSS_MARK]++;
	return 0;
}

int writer_commit(struct writer *writer, struct err *err)
{
	if (writer->format->end != NULL && writer->format->end(writer, err) != 0)
		return -1;
	if (flush(writer, 0, err) != 0)
		return -1;
	return outfile_commit(&writer->file, err);
}

void writer_close(struct writer *writer)
{
	if (writer->format != NULL && writer->format->close != NULL)
		writer->format->close(writer);
	outfile_abandon(&writer->file);
	text_free(&writer->out);
	writer->format = NULL;
	writer->state = NULL;
}

void loss_describe(struct text *line, enum loss loss, uint64_t count)
{
	static const char *const texts[LOSSES] = {
	    [LOSS_DISCARD] = "discards left out",
	    [LOSS_ZERO] = "writes of zeroes that become plain writes",
	    [LOSS_FLUSH] = "flushes left out",
	    [LOSS_MARK] = "named marks left out",
	    [LOSS_TIME] = "accesses without their time",
	    [LOSS_TIME_UNITS] = "times cut to microseconds",
	    [LOSS_TIME_BACK] = "times that go back and become that of the access before",
	    [LOSS_NO_TIME] = "accesses without a time, which get one that only keeps their order",
	    [LOSS_LATENCY] = "accesses without their latency",
	    [LOSS_PID] = "accesses without their process number",
	    [LOSS_COMM] = "accesses without their command's name",
	    [LOSS_COMM_SHORT] = "accesses whose command's name is cut or left out",
	    [LOSS_FLAGS] = "accesses without some of their flags",
	    [LOSS_SPLIT] = "accesses that are too long and are written in pieces",
	    [LOSS_DEVICE] = "accesses without the name of their device",
	    [LOSS_NAME] = "names with characters replaced",
	    [LOSS_SIZE] = "sectors added to the disk's size, which old readers want as a multiple of 64",
	};

	text_printf(line, "%s: %" PRIu64, texts[loss], count);
}

#define PIECES_MAX 65536

int writer_check_pieces(struct writer *writer, const struct access *access, struct err *err)
{
	writer->lost[LOSS_SPLIT] += access->count > WRITER_PIECE_SECTORS;
	if (access->count / WRITER_PIECE_SECTORS < PIECES_MAX)
		return 0;
	return err_set(err,
		       "access %" PRIu64 " has %" PRIu64 " sectors, too many to write in pieces of 1 GiB",
		       writer->index + 1, access->count);
}

const char *writer_comm(const struct writer *writer, const struct access *access)
{
	return access->comm == 0 ? "" : writer->trace->comms.at[access->comm];
}

void writer_flags(struct text *out, const struct access *access, char separator)
{
	static const char *const names[] = {
	    "fua",        "sync",   "meta", "ahead",     "preflush",    "failed",
	    "unfinished", "ragged", NULL,   "uncertain", "zone-append", "zone-reset",
	};
	bool first = true;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((access->flags & 1u << i) == 0 || names[i] == NULL)
			continue;
		if (!first)
			text_char(out, separator);
		text_str(out, names[i]);
		first = false;
	}
}

void writer_seconds(struct text *out, int64_t ns)
{
	json_seconds(out, "", ns);
}

void writer_name(struct writer *writer, const char *name, const char *special)
{
	bool replaced = false;

	for (; *name != '\0'; name++) {
		bool bad = (unsigned char)*name <= ' ' || *name == 0x7f;

		if (*name == ' ' && strchr(special, ' ') == NULL)
			bad = false;
		bad = bad || strchr(special, *name) != NULL;
		text_char(&writer->out, bad ? '_' : *name);
		replaced = replaced || bad;
	}
	writer->lost[LOSS_NAME] += replaced;
}
