/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats whose fields have names: the columns of a CSV file, the groups of a pattern.  A name says what
   the field is and its unit:

     op                       read, write, discard, zero, flush; R, W, D ...; 0, 1, 2; rwbs letters; a
                              SCSI opcode with 0x
     op.0, op.1               the same, but 0 or 1 is what means read (and the other is write)
     op.hex, op.dec           a SCSI opcode, in hexadecimal or decimal
     sector                   first sector, of 512 bytes (also: start, lba, lbn)
     offset                   first byte
     sectors, nsec            length in sectors of 512 bytes
     bytes                    length in bytes
     count, size, length      length in the unit of the start: sectors with sector, bytes with offset
     time, latency            seconds, with or without a fraction
     flags                    fua, preflush, sync, meta, ahead, failed, unfinished or ragged, with a +
                              between; other words mean nothing
     device, pid, comm        names as they are; several device fields are joined by a point

   A unit other than that follows a point or an underscore: time_us, latency.ms, offset.4096 (blocks of
   4096 bytes); s ms us ns 100ns filetime, or bytes sectors K or a number of bytes. */
#ifndef TRACE_FORMATS_ROW_H
#define TRACE_FORMATS_ROW_H

#include "trace/input/lines.h"

enum role {
	ROLE_NONE,
	ROLE_TIME,
	ROLE_LATENCY,
	ROLE_OP,
	ROLE_START,
	ROLE_LENGTH,
	ROLE_DEVICE,
	ROLE_PID,
	ROLE_COMM,
	ROLE_FLAGS,
	ROLES
};

/* How numbers in a column of operations are to be understood. */
enum op_numbers {
	OP_READ_IS_0, /* 0 read, 1 write, 2 discard */
	OP_READ_IS_1, /* 1 read, 0 write */
	OP_SCSI_HEX,
	OP_SCSI_DECIMAL,
};

struct field {
	enum role role;
	uint64_t unit; /* nanoseconds or bytes; 0 for a count in the unit of the start */
	bool filetime; /* counts from 1601 */
	bool open;     /* a length in the unit of the start by a name that others use for bytes */
	enum op_numbers numbers;
};

/* What rows have in common that a note should say; starts zeroed. */
struct row_tally {
	uint64_t rows;
	uint64_t ragged; /* lengths that are no multiples of 512 bytes */
	uint64_t large;  /* lengths in sectors by an open name that are multiples of 512 */
};

/* Puts what it says into notes, once. */
int row_tell(struct trace *trace, struct row_tally *tally, struct err *err);

/* What a name means; ROLE_NONE for one that means nothing here.  False for a known name with a unit
   that is none. */
bool field_named(const char *name, size_t len, struct field *field);

/* Whether fields with these roles (a bit each) make an access: "" or what is missing. */
const char *roles_missing(unsigned roles);

#define ROW_TEXT 256

/* A line's values; starts zeroed but for row_start. */
struct row {
	int64_t time_ns, latency_ns;
	uint64_t start, length, pid;
	uint64_t start_unit, length_unit;
	const char *op, *comm;
	size_t op_len, comm_len;
	enum op_numbers numbers;
	bool open;               /* as in struct field */
	struct row_tally *tally; /* or NULL */
	uint16_t flags;          /* enum access_flag */
	char device[ROW_TEXT];   /* "" for none */
};

void row_start(struct row *row);

/* Takes one value: 0, or -1 with an error that names the line and the field. */
int row_take(struct row *row, const struct field *field, const char *value, size_t len,
	     const struct line *line, struct err *err);

/* Makes the access: 1, 0 when it is none (no operation, no bytes), -1 on an error. */
int row_access(struct trace *trace, const struct row *row, const struct line *line, struct access *access,
	       struct err *err);

#endif
