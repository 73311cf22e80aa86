/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables of smartctl (nvmeprint.cpp: error log, self-test log; ataprint.cpp: pending defects): what is right
   aligned below the column's heading is the address. */
#include "cli/message.h"

#include <ctype.h>
#include <string.h>

/* Where a heading's word lies. */
static bool find_column(const char *text, const char *word, size_t *from, size_t *end)
{
	const char *at = strstr(text, word);

	if (at == NULL)
		return false;
	*from = (size_t)(at - text);
	*end = *from + strlen(word);
	return true;
}

static bool read_heading(struct message_reader *reader, const char *text)
{
	bool errors = strstr(text, "ErrCount") != NULL && strstr(text, "CmdId") != NULL;
	bool pending = strstr(text, "Index ") != NULL && strstr(text, " Hours") != NULL;

	if (!(errors && find_column(text, " LBA", &reader->column, &reader->column_end)) &&
	    !(pending && find_column(text, " LBA", &reader->column, &reader->column_end)) &&
	    !find_column(text, "Failing_LBA", &reader->column, &reader->column_end))
		return false;
	reader->is_nvme_errors =
	    errors && find_column(text, "Status", &reader->status_from, &reader->status_end);
	return true;
}

/* The word of a row that reaches into a column. */
static const char *word_below(const char *text, size_t from, size_t end)
{
	size_t len = strlen(text), at;

	for (at = end; at > from && (at > len || text[at - 1] == ' '); at--)
		;
	if (at <= from)
		return NULL;
	while (at > 0 && text[at - 1] != ' ')
		at--;
	return text + at;
}

/* NVMe's error log has commands that were refused, too: only those of status code type 2 are errors of the
   medium (NVM Express Base Specification, Status Field; bit 0 is the phase). */
static bool is_of_medium(const struct message_reader *reader, const char *text)
{
	const char *word = word_below(text, reader->status_from, reader->status_end);
	uint64_t status;

	return word != NULL && message_number(word, 0, &status, NULL) && (status >> 9 & 7) == 2;
}

bool message_read_table(struct message_reader *reader, const char *text, struct message_line *line)
{
	struct message message = {.unit = MESSAGE_LBA, .lba_bytes = reader->lba_bytes};
	const char *word, *end;

	if (read_heading(reader, text))
		return line->known = true;
	if (reader->column_end == 0)
		return false;
	if (!isdigit((unsigned char)text[strspn(text, " #")]))
		return false;
	word = word_below(text, reader->column, reader->column_end);
	if (word == NULL || !message_number(word, 0, &message.number, &end) ||
	    (*end != ' ' && *end != '\0' && *end != '\r') ||
	    (reader->is_nvme_errors && !is_of_medium(reader, text)))
		return line->known = true;
	message_add(line, &message);
	return true;
}
