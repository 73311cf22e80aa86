/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places on disks in what people have in hand: kernel logs (3.x to 6.x), smartctl's logs, badblocks' lists,
   ddrescue's map files, hdparm's output, and numbers with words around them.  A line at a time; the forms are
   in cli/message_rows.h with their sources. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "base/err.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a number counts. */
enum message_unit {
	MESSAGE_SECTORS,   /* of 512 bytes, whatever the disk's own are, as the kernel counts */
	MESSAGE_LBA,       /* the drive's logical sectors */
	MESSAGE_BLOCKS,    /* "logical block": of the size that the block device's cache has */
	MESSAGE_FS_BLOCKS, /* of the device's file system */
	MESSAGE_INODE,     /* of the device's file system */
	MESSAGE_BYTES,
	MESSAGE_PLAIN, /* whatever the caller says that plain numbers are */
};

#define MESSAGE_DEVICE_SIZE 80

struct message {
	char device[MESSAGE_DEVICE_SIZE]; /* as the line calls it, without /dev/; "" where it does not */
	enum message_unit unit;
	uint64_t number, count; /* so many from that one on; 0: it is only said where */
	uint32_t lba_bytes;     /* of a logical sector, where the text says so, else 0 */
};

#define MESSAGE_PLACES 64

/* The places that one line tells of. */
struct message_line {
	struct message places[MESSAGE_PLACES];
	size_t n;
	bool known;    /* it tells of no place, as it should: a comment, a heading, what is whole */
	bool numbers;  /* there are only numbers on it */
	bool too_many; /* more than are in `places` */
};

struct message_forms;

/* What lines before this one have said; starts zeroed, message_reader_done. */
struct message_reader {
	struct message_forms *forms;
	char device[MESSAGE_DEVICE_SIZE]; /* that a heading named */
	uint32_t lba_bytes;
	bool is_smartctl;
	bool is_nvme_errors;            /* the table has a column "Status" */
	size_t column, column_end;      /* of the addresses in a table; column_end 0: there is none */
	size_t status_from, status_end; /* of that column */
};

/* 0, or -1 without memory. */
int message_reader_init(struct message_reader *reader, struct err *err);
void message_reader_done(struct message_reader *reader);

/* Takes a line apart; `text` has no line end. */
void message_read(struct message_reader *reader, const char *text, struct message_line *line);

/* For message.c: rows of smartctl's tables, and lines of ext file systems; false where it is none. */
bool message_read_table(struct message_reader *reader, const char *text, struct message_line *line);
bool message_read_ext(const char *text, struct message_line *line);

/* One more place of a line. */
void message_add(struct message_line *line, const struct message *message);

/* A number at text, decimal or 0x hexadecimal (or hexadecimal without): false when it is none, or too large.
   What is behind it goes to *end, where that is not NULL. */
bool message_number(const char *text, int base, uint64_t *number, const char **end);

/* "sda1 logical block 1805" */
struct text;
void message_address(struct text *out, const struct message *message);

#endif
