/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What to ask what_if: layers and their new starts. */
#include "analyzer/what_if.h"

#include "base/size.h"
#include "layout/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAYER_MAX 300

/* A bare number counts sectors, another one bytes. */
static int parse_sectors(const char *text, uint64_t *sectors, struct err *err)
{
	uint64_t bytes;

	if (number_parse(text, sectors, err) == 0)
		return *sectors <= INT64_MAX >> 10 ? 0 : -1;
	if (size_parse(text, &bytes, err) != 0 || bytes % SECTOR_SIZE != 0)
		return -1;
	*sectors = bytes >> SECTOR_SHIFT;
	return 0;
}

/* Where the layer begins in what it lies in; false where it lies in stripes, legs or nowhere. */
static bool first_start(const struct space *space, uint64_t *start)
{
	if (space->segments.n == 0)
		return false;
	for (size_t i = 0; i < space->segments.n; i++)
		if (space->segments.at[i].type != SEGMENT_LINEAR || space->segments.at[i].nareas != 1)
			return false;
	*start = space->segments.at[0].areas[0].start;
	return true;
}

static int parse_start(const struct space *space, const char *text, int64_t *shift, struct err *err)
{
	bool relative = text[0] == '+' || text[0] == '-';
	uint64_t sectors, start;

	if (parse_sectors(text + relative, &sectors, err) != 0)
		return err_set(err, "--what-if: '%.40s' is no sector, size, or +N", text);
	if (!first_start(space, &start))
		return err_set(
		    err, "--what-if: %s lies in stripes, copies or nowhere, and has no one start to be moved",
		    space->name);
	if (text[0] == '-' && sectors > start)
		return err_set(
		    err, "--what-if: %s begins at sector %" PRIu64 ", and cannot begin %" PRIu64 " before",
		    space->name, start, sectors);
	*shift = text[0] == '-' ? -(int64_t)sectors
		 : relative     ? (int64_t)sectors
				: (int64_t)sectors - (int64_t)start;
	return 0;
}

static int add(struct what_if *what_if, const struct space *space, const char *value, bool block,
	       struct err *err)
{
	struct candidate candidate = {.space = space};
	char *words = NULL;
	uint64_t bytes;

	if (what_if->ncandidates == CANDIDATES_MAX)
		return err_set(err, "--what-if: at most %d candidates", CANDIDATES_MAX - 1);
	if (!block && parse_start(space, value, &candidate.shift, err) != 0)
		return -1;
	if (block) {
		if (size_parse(value, &bytes, err) != 0 || bytes == 0 || bytes % SECTOR_SIZE != 0)
			return err_set(err, "--what-if: '%.40s' is no size of blocks, a multiple of 512",
				       value);
		candidate.block = bytes >> SECTOR_SHIFT;
	}
	if (asprintf(&words, block ? "%s:block=%s" : "%s=%s", space->name, value) < 0)
		return err_nomem(err);
	candidate.words = words;
	what_if->candidates[what_if->ncandidates++] = candidate;
	return 0;
}

static int as_it_is(struct what_if *what_if, struct err *err)
{
	if (what_if->ncandidates > 0)
		return 0;
	what_if->candidates[0].words = strdup("as it is");
	if (what_if->candidates[0].words == NULL)
		return err_nomem(err);
	what_if->ncandidates = 1;
	return 0;
}

static int add_values(struct what_if *what_if, const struct space *space, const char *values, bool block,
		      struct err *err)
{
	char *copy = strdup(values), *at = copy, *value;
	int status = copy != NULL ? 0 : err_nomem(err);

	while (status == 0 && (value = strsep(&at, ",")) != NULL)
		status = add(what_if, space, value, block, err);
	free(copy);
	return status;
}

int what_if_parse(struct what_if *what_if, const char *words, struct err *err)
{
	const char *equals = strrchr(words, '='), *end = equals;
	const struct space *space;
	char layer[LAYER_MAX];
	bool block;

	if (equals == NULL || equals == words || (size_t)(equals - words) >= sizeof(layer))
		return err_set(
		    err, "--what-if: expected LAYER=SECTOR[,...] or LAYER:block=SIZE, and found '%.60s'",
		    words);
	block = end - words > 6 && memcmp(end - 6, ":block", 6) == 0;
	if (block)
		end -= 6;
	memcpy(layer, words, (size_t)(end - words));
	layer[end - words] = '\0';
	space = device_find(what_if->map, layer, err);
	if (space == NULL) {
		err_prefix(err, "--what-if: ");
		return -1;
	}
	if (space->type == SPACE_DISK)
		return err_set(err, "--what-if: the disk itself has no start that could be moved");
	return as_it_is(what_if, err) == 0 ? add_values(what_if, space, equals + 1, block, err) : -1;
}
