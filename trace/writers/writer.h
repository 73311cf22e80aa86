/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing traces: accesses and named marks go in, in order, and a file in one of the formats of
   trace/writers/writer.c comes out, whole or not at all.

   A format is a const struct.  What it cannot hold it counts, by kind of loss; cli/ tells the counts. */
#ifndef TRACE_WRITERS_WRITER_H
#define TRACE_WRITERS_WRITER_H

#include "base/err.h"
#include "base/outfile.h"
#include "base/text.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stdint.h>

/* What a format may be unable to hold. */
enum loss {
	LOSS_DISCARD,
	LOSS_ZERO,
	LOSS_FLUSH,
	LOSS_MARK,
	LOSS_TIME,
	LOSS_TIME_UNITS,
	LOSS_TIME_BACK,
	LOSS_NO_TIME,
	LOSS_LATENCY,
	LOSS_PID,
	LOSS_COMM,
	LOSS_COMM_SHORT,
	LOSS_FLAGS,
	LOSS_SPLIT,
	LOSS_DEVICE,
	LOSS_NAME,
	LOSS_SIZE,
	LOSSES
};

/* What is known of the whole trace before its first access is written. */
struct trace_facts {
	uint64_t sectors; /* the disk's size, as the trace states it; at least where the last access ends */
	bool least;       /* nobody has stated it */
	struct identity identity; /* of the disk, as far as the recorder knows it */
	unsigned blind;           /* as in struct trace */
	uint64_t accesses;
	int64_t first_ns;   /* the earliest time, or ACCESS_NO_TIME */
	bool plain;         /* nothing but the places of reads and writes */
	const char *device; /* its name, or NULL */
};

struct writer;

struct writer_format {
	const char *name;
	const char *extension; /* with its point */
	const char *help;
	/* What comes before the first access, and sets up writer->state; NULL for nothing. */
	int (*begin)(struct writer *writer, struct err *err);
	int (*access)(struct writer *writer, const struct access *access, struct err *err);
	/* NULL for a format without marks: they are counted as lost then. */
	int (*mark)(struct writer *writer, const char *name, struct err *err);
	/* What comes after the last; NULL for nothing. */
	int (*end)(struct writer *writer, struct err *err);
	/* Frees writer->state, which may be NULL; NULL for a format without state. */
	void (*close)(struct writer *writer);
};

struct writer {
	const struct writer_format *format;
	const struct trace *trace; /* whose names the accesses refer to */
	struct trace_facts facts;
	struct outfile file;
	struct text out; /* not written yet */
	void *state;     /* the format's own */
	uint64_t index;  /* of the next access */
	uint64_t lost[LOSSES];
};

/* All formats, NULL at the end. */
extern const struct writer_format *const writer_formats[];

/* The format of that name, or else the one that a file's extension says, or NULL. */
const struct writer_format *writer_format_named(const char *name);
const struct writer_format *writer_format_for(const char *path);

/* Errors do not repeat the path.  After an error nothing is left but writer_close. */
int writer_open(struct writer *writer, const struct writer_format *format, const char *path,
		const struct outfile_options *output, const struct trace *trace,
		const struct trace_facts *facts, struct err *err);
int writer_access(struct writer *writer, const struct access *access, struct err *err);
int writer_mark(struct writer *writer, const char *name, struct err *err);

/* Ends the file and gives it its name. */
int writer_commit(struct writer *writer, struct err *err);

/* Frees everything; a file that was not committed is gone. */
void writer_close(struct writer *writer);

/* One line for people: how many of what are lost. */
void loss_describe(struct text *line, enum loss loss, uint64_t count);

/* For formats that write long accesses in pieces: the most sectors of one, and -1 for an access that would
   need more pieces than anybody can read. */
#define WRITER_PIECE_SECTORS (UINT64_C(1) << 21) /* 1 GiB */
int writer_check_pieces(struct writer *writer, const struct access *access, struct err *err);

/* For formats: the access's command, "" where there is none; the words for its flags, separated. */
const char *writer_comm(const struct writer *writer, const struct access *access);
void writer_flags(struct text *out, const struct access *access, char separator);

/* For formats: nanoseconds as seconds with nine digits behind the point. */
void writer_seconds(struct text *out, int64_t ns);

/* For formats: a name with everything but printable characters that are not in `special` replaced. */
void writer_name(struct writer *writer, const char *name, const char *special);

#endif
