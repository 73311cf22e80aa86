/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers are decimal, or hexadecimal with 0x; lines that begin with # are comments. */
#include "cli/rescue.h"

#include "base/openfile.h"
#include "base/size.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	char letter;
	const char *name, *words;
} states[RESCUE_STATES] = {
    [RESCUE_BAD] = {'-', "bad", "bad"},
    [RESCUE_UNTRIED] = {'?', "untried", "not tried"},
    [RESCUE_UNTRIMMED] = {'*', "untrimmed", "failed, not trimmed"},
    [RESCUE_UNSCRAPED] = {'/', "unscraped", "failed, not scraped"},
};

const char *rescue_name(enum rescue state)
{
	return states[state].name;
}

const char *rescue_words(enum rescue state)
{
	return states[state].words;
}

static int bad_line(uint64_t number, const char *expected, struct err *err)
{
	return err_set(err, "line %" PRIu64 ": expected '%s' of a ddrescue map file", number, expected);
}

/* "POSITION STATUS [PASS]" */
static int take_state(const char *line, uint64_t number, struct err *err)
{
	char position[32], state[8], pass[16], rest;
	struct err why;
	uint64_t at;
	int n = sscanf(line, "%31s %7s %15s %c", position, state, pass, &rest);

	if (n < 2 || n > 3 || number_parse(position, &at, &why) != 0 || strlen(state) != 1 ||
	    strchr("?*/-FG+", state[0]) == NULL || (n == 3 && number_parse(pass, &at, &why) != 0))
		return bad_line(number, "POSITION STATUS", err);
	return 0;
}

/* "POSITION SIZE STATUS": what is rescued ('+') is nothing to tell of. */
static int take_area(struct rescue_map *map, const char *line, uint64_t number, struct err *err)
{
	char position[32], size[32], letter[8], rest;
	struct rescue_area area = {.state = RESCUE_BAD};
	struct err why;

	if (sscanf(line, "%31s %31s %7s %c", position, size, letter, &rest) != 3 ||
	    number_parse(position, &area.from, &why) != 0 || number_parse(size, &area.bytes, &why) != 0 ||
	    strlen(letter) != 1 || strchr("?*/-+", letter[0]) == NULL ||
	    area.bytes > UINT64_MAX - SECTOR_SIZE || area.from > UINT64_MAX - SECTOR_SIZE - area.bytes)
		return bad_line(number, "POSITION SIZE STATUS", err);
	if (letter[0] == '+' || area.bytes == 0)
		return 0;
	while (states[area.state].letter != letter[0])
		area.state++;
	return VEC_PUSH(&map->areas, area) == 0 ? 0 : err_nomem(err);
}

static int read_lines(struct rescue_map *map, FILE *file, struct err *err)
{
	uint64_t number = 0, lines = 0;
	char *line = NULL;
	size_t cap = 0;
	int status = 0;

	while (status == 0 && getline(&line, &cap, file) >= 0) {
		number++;
		if (line[0] == '#' || line[strspn(line, " \t\r\n")] == '\0')
			continue;
		status = lines++ == 0 ? take_state(line, number, err) : take_area(map, line, number, err);
	}
	free(line);
	if (status == 0 && ferror(file))
		return err_set(err, "cannot read: %s", strerror(errno));
	if (status == 0 && lines < 2)
		return err_set(err, "is not a ddrescue map file: it has no 'POSITION SIZE STATUS'");
	return status;
}

int rescue_read(struct rescue_map *map, const char *path, struct err *err)
{
	int fd = file_open(path, FILE_TEXT, err), status;
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (file == NULL)
		return -1;
	status = read_lines(map, file, err);
	fclose(file);
	return status;
}
