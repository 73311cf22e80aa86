/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms in their order: tables of smartctl, the rows of cli/message_rows.h, ext file systems, ddrescue's map
   files, numbers alone, and last numbers with words around them, which only lines may be that are nothing
   else's: a number in a kernel's or smartctl's line that is not known may be anything. */
#include "cli/message.h"

#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word, *expression;
	unsigned device, number, count;
	enum message_unit unit;
} rows[] = {
#define FORM(word, expression, device, number, count, unit) {word, expression, device, number, count, unit},
#include "cli/message_rows.h"
#undef FORM
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))
#define GROUPS 6
#define NUMBER "(0x[0-9a-fA-F]+|[0-9]+)"

/* Of lines that are not in the table. */
enum { OTHER_KERNEL, OTHER_SCAN, OTHER_AREA, OTHER_STATE, OTHER_SIZE, OTHER_SECTOR, OTHER_NAME, OTHERS };
static const char *const others[OTHERS] = {
    [OTHER_KERNEL] = "^(<[0-9]+>)?\\[ *([0-9]+\\.[0-9]+|[A-Z][a-z][a-z] [A-Z][a-z][a-z] .*)\\]| kernel: ",
    [OTHER_SCAN] = "^ *[0-9]+ +[0-9]+:[0-9]+ +([0-9a-f]+) +\\[[0-9a-f]+,[0-9a-f]+,[0-9a-f]+\\]",
    [OTHER_AREA] = "^ *" NUMBER "[ \t]+" NUMBER "[ \t]+([-?*/+])[ \t]*$",
    [OTHER_STATE] = "^ *" NUMBER "[ \t]+[-?*/FG+]([ \t]+[0-9]+)?[ \t]*$",
    [OTHER_SIZE] = "^(Sector Sizes?|Logical block size|Namespace [0-9]+ Formatted LBA Size): +([0-9]+)",
    [OTHER_SECTOR] =
	"(^|[^_[:alnum:]])(sector|lba)[ :=#]+(at |no\\.? )?" NUMBER "([^_.[:alnum:]]|[.]?$|[.] )",
    [OTHER_NAME] =
	"(^|[ (])(on|dev|device|of) (/dev/[^ ,:;)]+|[shv]d[a-z]+[0-9]*|xvd[a-z]+[0-9]*|"
	"nvme[0-9]+n[0-9]+(p[0-9]+)?|mmcblk[0-9]+(p[0-9]+)?|dm-[0-9]+|md[0-9]+|loop[0-9]+(p[0-9]+)?)",
};

struct message_forms {
	size_t compiled; /* how many of these */
	regex_t at[NROWS + OTHERS];
};

int message_reader_init(struct message_reader *reader, struct err *err)
{
	*reader = (struct message_reader){.forms = calloc(1, sizeof(struct message_forms))};
	if (reader->forms == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < NROWS + OTHERS; i++) {
		int flags = REG_EXTENDED | (i == NROWS + OTHER_SECTOR ? REG_ICASE : 0);

		if (regcomp(&reader->forms->at[i], i < NROWS ? rows[i].expression : others[i - NROWS],
			    flags) != 0)
			return err_nomem(err);
		reader->forms->compiled++;
	}
	return 0;
}

void message_reader_done(struct message_reader *reader)
{
	for (size_t i = 0; reader->forms != NULL && i < reader->forms->compiled; i++)
		regfree(&reader->forms->at[i]);
	free(reader->forms);
	reader->forms = NULL;
}

static bool fits(const struct message_reader *reader, size_t form, const char *text, regmatch_t found[GROUPS])
{
	return regexec(&reader->forms->at[form], text, GROUPS, found, 0) == 0;
}

bool message_number(const char *text, int base, uint64_t *number, const char **end)
{
	char *behind;

	if (!isxdigit((unsigned char)text[0]))
		return false;
	if (base == 0)
		base = text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10;
	errno = 0;
	*number = strtoull(text, &behind, base);
	if (end != NULL)
		*end = behind;
	return behind != text && errno == 0;
}

void message_add(struct message_line *line, const struct message *message)
{
	if (line->n < MESSAGE_PLACES)
		line->places[line->n++] = *message;
	else
		line->too_many = true;
}

static void set_device(char device[MESSAGE_DEVICE_SIZE], const char *text, const regmatch_t *at)
{
	const char *name = text + at->rm_so;
	size_t len = (size_t)(at->rm_eo - at->rm_so);

	device[0] = '\0';
	if (at->rm_so < 0)
		return;
	if (len > 5 && strncmp(name, "/dev/", 5) == 0) {
		name += 5;
		len -= 5;
	}
	if (len >= MESSAGE_DEVICE_SIZE)
		return;
	memcpy(device, name, len);
	device[len] = '\0';
}

/* nvme0c1n1 is the first path to nvme0n1. */
static void forget_path(char device[MESSAGE_DEVICE_SIZE])
{
	char *path = strchr(device, 'c');

	if (strncmp(device, "nvme", 4) == 0 && path != NULL)
		memmove(path, path + 1 + strspn(path + 1, "0123456789"),
			strlen(path + 1 + strspn(path + 1, "0123456789")) + 1);
}

static bool read_row(const struct message_reader *reader, size_t row, const char *text,
		     struct message_line *line)
{
	struct message message = {.unit = rows[row].unit, .lba_bytes = reader->lba_bytes};
	regmatch_t found[GROUPS];

	if (strstr(text, rows[row].word) == NULL || !fits(reader, row, text, found) ||
	    !message_number(text + found[rows[row].number].rm_so, 0, &message.number, NULL))
		return false;
	if (rows[row].count != 0 &&
	    !message_number(text + found[rows[row].count].rm_so, 0, &message.count, NULL))
		return false;
	if (rows[row].device != 0)
		set_device(message.device, text, &found[rows[row].device]);
	else
		memcpy(message.device, reader->device, sizeof(message.device));
	forget_path(message.device);
	message_add(line, &message);
	return true;
}

/* A ddrescue map: "POSITION SIZE STATUS", of which '+' is rescued, and where it was at last. */
static bool read_area(const struct message_reader *reader, const char *text, struct message_line *line)
{
	struct message message = {.unit = MESSAGE_BYTES};
	regmatch_t found[GROUPS];

	if (!fits(reader, NROWS + OTHER_AREA, text, found)) {
		line->known = strncmp(text, "0x", 2) == 0 && fits(reader, NROWS + OTHER_STATE, text, found);
		return line->known;
	}
	if (!message_number(text + found[1].rm_so, 0, &message.number, NULL) ||
	    !message_number(text + found[2].rm_so, 0, &message.count, NULL))
		return false;
	line->known = text[found[3].rm_so] == '+' || message.count == 0;
	if (!line->known)
		message_add(line, &message);
	return true;
}

/* The SCSI background scan's address is hexadecimal. */
static bool read_scan(const struct message_reader *reader, const char *text, struct message_line *line)
{
	struct message message = {.unit = MESSAGE_LBA, .lba_bytes = reader->lba_bytes};
	regmatch_t found[GROUPS];

	if (strchr(text, '[') == NULL || !fits(reader, NROWS + OTHER_SCAN, text, found) ||
	    !message_number(text + found[1].rm_so, 16, &message.number, NULL))
		return false;
	message_add(line, &message);
	return true;
}

/* What a line says of those that follow. */
static bool read_heading(struct message_reader *reader, const char *text, struct message_line *line)
{
	size_t len = strlen(text);
	regmatch_t found[GROUPS];
	uint64_t bytes;

	if (strncmp(text, "smartctl ", 9) == 0) {
		*reader = (struct message_reader){.forms = reader->forms, .is_smartctl = true};
		line->known = true;
	} else if (fits(reader, NROWS + OTHER_SIZE, text, found) &&
		   message_number(text + found[2].rm_so, 10, &bytes, NULL) && bytes >= 512 &&
		   bytes <= 65536 && (bytes & (bytes - 1)) == 0) {
		reader->lba_bytes = (uint32_t)bytes;
		line->known = true;
	} else if (strncmp(text, "/dev/", 5) == 0 && text[len - 1] == ':' && len < MESSAGE_DEVICE_SIZE) {
		memcpy(reader->device, text + 5, len - 6);
		reader->device[len - 6] = '\0';
		line->known = true;
	}
	return line->known;
}

/* Numbers with blanks between them, and nothing else. */
static bool read_numbers(const char *text, struct message_line *line)
{
	struct message message = {.unit = MESSAGE_PLAIN};
	const char *end;

	for (text += strspn(text, " \t\r"); *text != '\0'; text = end + strspn(end, " \t\r")) {
		if (!isdigit((unsigned char)*text) || !message_number(text, 0, &message.number, &end) ||
		    (*end != '\0' && strchr(" \t\r", *end) == NULL)) {
			line->n = 0;
			return false;
		}
		message_add(line, &message);
	}
	return line->numbers = line->n > 0;
}

/* How many words of a line are numbers, or begin as one does. */
static unsigned count_numbers(const char *text)
{
	unsigned n = 0;

	for (; *text != '\0'; text += strcspn(text, " \t")) {
		text += strspn(text, " \t");
		n += isdigit((unsigned char)text[strspn(text, "(#<=+-")]) != 0;
	}
	return n;
}

/* "bad sector 16488 on sda", and "16488: unreadable". */
static bool read_words(const struct message_reader *reader, const char *text, struct message_line *line)
{
	struct message message = {.unit = MESSAGE_PLAIN};
	regmatch_t found[GROUPS], name[GROUPS];
	const char *end;

	text += strspn(text, " \t-*");
	if (fits(reader, NROWS + OTHER_SECTOR, text, found)) {
		if (!message_number(text + found[4].rm_so, 0, &message.number, NULL))
			return false;
	} else if (!isdigit((unsigned char)*text) || count_numbers(text) != 1 ||
		   !message_number(text, 0, &message.number, &end) || strchr(" \t:;,#-", *end) == NULL) {
		return false;
	}
	if (fits(reader, NROWS + OTHER_NAME, text, name))
		set_device(message.device, text, &name[3]);
	message_add(line, &message);
	return true;
}

void message_read(struct message_reader *reader, const char *text, struct message_line *line)
{
	regmatch_t found[GROUPS];

	line->n = 0;
	line->known = line->numbers = line->too_many = false;
	if (text[strspn(text, " \t\r")] == '\0') {
		line->known = true;
		reader->column_end = 0;
		return;
	}
	if (read_heading(reader, text, line) || message_read_table(reader, text, line))
		return;
	for (size_t i = 0; i < NROWS; i++)
		if (read_row(reader, i, text, line))
			return;
	if (message_read_ext(text, line) || read_scan(reader, text, line) || read_area(reader, text, line) ||
	    read_numbers(text, line))
		return;
	if (text[0] == '#')
		line->known = true;
	else if (!reader->is_smartctl && !fits(reader, NROWS + OTHER_KERNEL, text, found) &&
		 strncmp(text, "device-mapper", 13) != 0)
		read_words(reader, text, line);
}

void message_address(struct text *out, const struct message *message)
{
	static const char *const units[] = {
	    [MESSAGE_SECTORS] = "sector ",  [MESSAGE_LBA] = "LBA ",     [MESSAGE_BLOCKS] = "logical block ",
	    [MESSAGE_FS_BLOCKS] = "block ", [MESSAGE_INODE] = "inode ", [MESSAGE_BYTES] = "byte ",
	    [MESSAGE_PLAIN] = "",
	};

	text_printf(out, "%s%s%s%" PRIu64, message->device, message->device[0] ? " " : "",
		    units[message->unit], message->number);
	if (message->count > 1)
		text_printf(out, "+%" PRIu64, message->count);
}
