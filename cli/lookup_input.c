/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of numbers are answered as they come.  From the first line on that is a message, lines are kept until
   the last one is read: which disk "sda" is depends on what other disks there are messages of. */
#include "cli/lookup.h"

#include "base/escape.h"
#include "base/openfile.h"
#include "cli/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	struct message *places;
	size_t n;
	char *text;
	uint64_t line;
	bool numbers;
};

struct input {
	struct lookup *lookup;
	const char *name;
	struct message_reader reader;
	VEC(struct kept) kept;
	uint64_t lines, unknown, elsewhere, answered;
	bool keeps;
};

static int no_memory(const struct input *input)
{
	struct err err;

	err_nomem(&err);
	return fail(input->name, &err);
}

static int keep(struct input *input, const char *text, const struct message_line *line)
{
	struct kept kept = {.n = line->n, .line = input->lines, .numbers = line->numbers};

	kept.text = strdup(text);
	kept.places = malloc(line->n * sizeof(*kept.places));
	if (kept.text == NULL || kept.places == NULL || VEC_PUSH(&input->kept, kept) != 0) {
		free(kept.text);
		free(kept.places);
		return no_memory(input);
	}
	memcpy(kept.places, line->places, line->n * sizeof(*kept.places));
	for (size_t i = 0; i < line->n; i++)
		if (line->places[i].device[0] != '\0')
			device_names_hear(&input->lookup->names, line->places[i].device);
	return 0;
}

/* A line of numbers, before any message. */
static int answer_numbers(struct input *input, char *text)
{
	char *save, *word = strtok_r(text, " \t\r\n", &save);
	int status = 0;

	input->answered++;
	for (; word != NULL && status == 0; word = strtok_r(NULL, " \t\r\n", &save))
		status = lookup_word(input->lookup, word);
	return status;
}

/* Each by itself: there may be any number of them. */
static int keep_numbers(struct input *input, char *text)
{
	struct message_line one;
	char *save, *word = strtok_r(text, " \t", &save);
	int status = 0;

	for (; word != NULL && status == 0; word = strtok_r(NULL, " \t", &save)) {
		message_read(&input->reader, word, &one);
		status = keep(input, word, &one);
	}
	return status;
}

static int take_line(struct input *input, char *text)
{
	struct message_line line;

	input->lines++;
	text[strcspn(text, "\r\n")] = '\0';
	message_read(&input->reader, text, &line);
	if (line.numbers && !input->keeps)
		return answer_numbers(input, text);
	if (line.n == 0) {
		input->unknown += !line.known;
		return 0;
	}
	input->keeps = true;
	return line.numbers ? keep_numbers(input, text) : keep(input, text, &line);
}

static bool is_elsewhere(const struct input *input, const struct message *message)
{
	const struct space *space;
	struct err err;

	return message->device[0] != '\0' &&
	       device_names_find(&input->lookup->names, message->device, &space, &err) == DEVICE_ELSEWHERE;
}

/* The message's own words, and what is there. */
static int answer_kept(struct input *input, const struct kept *kept)
{
	struct lookup *lookup = input->lookup;
	struct lookup_from from = {.text = kept->numbers ? NULL : kept->text, .line = kept->line};
	int status = 0;

	if (is_elsewhere(input, &kept->places[0])) {
		input->elsewhere++;
		return 0;
	}
	input->answered++;
	if (!kept->numbers && !lookup->lost && !lookup->common->json) {
		escape_terminal(&lookup->out, kept->text, strlen(kept->text));
		text_char(&lookup->out, '\n');
	}
	for (size_t i = 0; i < kept->n && status == 0; i++) {
		from.message = &kept->places[i];
		status = lookup_message(lookup, &from);
	}
	return status;
}

static void note_count(const struct input *input, uint64_t n, const char *what)
{
	struct err err;

	if (n == 0)
		return;
	err_set(&err, "note: %" PRIu64 " of %" PRIu64 " line%s %s", n, input->lines,
		input->lines == 1 ? "" : "s", what);
	fail(input->name, &err);
}

static int conclude(struct input *input)
{
	struct lookup *lookup = input->lookup;
	struct err err;

	if (lookup->names.ndisks == 1 && lookup->names.disks[0][0] != '\0' && input->answered > 0 &&
	    lookup->common->verbose) {
		err_set(&err, "%s is taken for %.300s", lookup->names.disks[0], lookup->disk);
		fail(input->name, &err);
	}
	note_count(input, input->unknown, "tell of no place");
	note_count(input, input->elsewhere, "are of other disks; --name sdX=disk would make sdX this one");
	if (input->answered > 0 || input->elsewhere > 0 || input->lines == 0 || input->unknown == 0)
		return 0;
	err_set(&err, "no line tells of a place on a disk");
	return fail(input->name, &err);
}

static int read_lines(struct input *input, FILE *file)
{
	char *line = NULL;
	size_t cap = 0;
	int status = 0;
	struct err err;

	while (status == 0 && getline(&line, &cap, file) >= 0)
		status = take_line(input, line);
	free(line);
	if (status == 0 && ferror(file)) {
		err_set(&err, "cannot read: %s", strerror(errno));
		return fail(input->name, &err);
	}
	for (size_t i = 0; i < input->kept.n && status == 0; i++)
		status = answer_kept(input, &input->kept.at[i]);
	return status == 0 ? conclude(input) : status;
}

static int read_file(struct input *input, const char *path)
{
	struct err err;
	int fd, status;
	FILE *file;

	if (strcmp(path, "-") == 0)
		return read_lines(input, stdin);
	fd = file_open(path, FILE_TEXT, &err);
	file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (file == NULL)
		return fail(path, &err);
	status = read_lines(input, file);
	fclose(file);
	return status;
}

int lookup_input(struct lookup *lookup, const char *path)
{
	struct input input = {.lookup = lookup, .name = path};
	struct err err;
	int status;

	if (message_reader_init(&input.reader, &err) == 0)
		status = read_file(&input, path);
	else
		status = fail(NULL, &err);
	message_reader_done(&input.reader);
	for (size_t i = 0; i < input.kept.n; i++) {
		free(input.kept.at[i].text);
		free(input.kept.at[i].places);
	}
	VEC_FREE(&input.kept);
	return status;
}
