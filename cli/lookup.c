/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap lookup: what is at these sectors. */
#include "base/escape.h"
#include "base/size.h"
#include "cli/cli.h"
#include "cli/rescue.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char options_help[] =
    "  --json              one JSON object a line\n"
    "  --bytes             the numbers are byte offsets on the disk, not sectors\n"
    "  --ddrescue FILE     what lies in the areas that a ddrescue map file calls not "
    "rescued\n" COMMON_DISK_HELP
    "SECTOR is decimal or 0x hexadecimal, in units of 512 bytes; - reads sectors from standard input.\n";

enum { OPTION_BYTES = 1, OPTION_DDRESCUE };

struct lookup {
	struct common *common;
	const struct map *map;
	const char *disk;
	const char *ddrescue;            /* a map file, or NULL */
	const struct rescue_area *state; /* that the next regions lie in, or NULL */
	bool bytes;
	bool missed; /* a sector that does not exist */
	struct text out;
};

/* "4358: disk > part1 > VG/LV: ext4 file-data, block 1057, group 0, inode 12 /hello, byte 0 [4358+8]" */
static void add_line(struct text *out, const struct region *region, uint64_t sector)
{
	text_printf(out, "%" PRIu64 ": ", sector);
	for (unsigned i = 0; i < region->depth; i++) {
		if (i > 0)
			text_str(out, " > ");
		escape_terminal(out, region->stack[i]->name, strlen(region->stack[i]->name));
	}
	text_str(out, ": ");
	if (region->fs_type != NULL)
		text_printf(out, "%s ", region->fs_type);
	region_details(out, region);
	text_printf(out, " [%" PRIu64 "+%" PRIu64 "]", region->start, region->sectors);
}

/* What ddrescue says of it comes last: the object is opened again for that. */
static void add_json(struct lookup *lookup, const struct region *region, uint64_t sector)
{
	struct text *out = &lookup->out;

	region_json(out, region, &sector);
	if (lookup->state != NULL && out->n > 0 && out->at[out->n - 1] == '}') {
		out->n--;
		text_printf(out, ",\"rescue\":\"%s\"}", rescue_name(lookup->state->state));
	}
}

static int add_region(struct lookup *lookup, const struct region *region, uint64_t sector)
{
	if (lookup->common->json) {
		add_json(lookup, region, sector);
	} else {
		add_line(&lookup->out, region, sector);
		if (lookup->state != NULL && lookup->state->state != RESCUE_BAD)
			text_printf(&lookup->out, " %s", rescue_words(lookup->state->state));
	}
	text_char(&lookup->out, '\n');
	return lookup->out.n > 65536 ? print_text(&lookup->out) : 0;
}

static int lookup_word(struct lookup *lookup, const char *word)
{
	struct region region;
	struct place place;
	uint64_t number, sector;
	struct err err;

	if (number_parse(word, &number, &err) != 0)
		return fail(NULL, &err);
	sector = lookup->bytes ? number >> SECTOR_SHIFT : number;
	if (sector >= map_disk(lookup->map)->sectors) {
		err_set(&err,
			"sector %" PRIu64 " is beyond the end of the disk, which has %" PRIu64 " sectors",
			sector, map_disk(lookup->map)->sectors);
		fail(lookup->disk, &err);
		lookup->missed = true;
		return 0;
	}
	region_lookup(lookup->map, sector, &place, &region);
	if (lookup->bytes && region.has_offset)
		region.offset += number % SECTOR_SIZE;
	return add_region(lookup, &region, sector);
}

/* Sectors from standard input, separated by blanks or line ends. */
static int lookup_input(struct lookup *lookup)
{
	char *line = NULL, *word, *save;
	size_t cap = 0;
	int status = 0;

	while (status == 0 && getline(&line, &cap, stdin) >= 0)
		for (word = strtok_r(line, " \t\r\n", &save); word != NULL && status == 0;
		     word = strtok_r(NULL, " \t\r\n", &save))
			status = lookup_word(lookup, word);
	free(line);
	return status;
}

/* Every run that an area touches, cut to it. */
static int lookup_area(struct lookup *lookup, uint64_t from, uint64_t to)
{
	struct region region;
	struct place place;
	int status = 0;

	for (uint64_t at = from; at < to && status == 0; at += place.count) {
		map_find(lookup->map, at, &place);
		if (place.count > to - at)
			place.count = to - at;
		region_describe(lookup->map, &place, &region);
		status = add_region(lookup, &region, at);
	}
	return status;
}

/* How much there is of each state, on standard error. */
static void note_rescue(const struct lookup *lookup, const struct rescue_map *rescue)
{
	uint64_t end = map_disk(lookup->map)->sectors << SECTOR_SHIFT, beyond = 0;
	struct err note;

	for (int state = 0; state < RESCUE_STATES; state++) {
		uint64_t areas = 0, bytes = 0;

		for (size_t i = 0; i < rescue->areas.n; i++) {
			const struct rescue_area *area = &rescue->areas.at[i];

			areas += area->state == (enum rescue)state;
			bytes += area->state == (enum rescue)state ? area->bytes : 0;
			beyond += state == 0 && area->from + area->bytes > end;
		}
		if (areas == 0)
			continue;
		err_set(&note, "note: %" PRIu64 " area%s of %" PRIu64 " bytes: %s", areas,
			areas == 1 ? "" : "s", bytes, rescue_words((enum rescue)state));
		fail(lookup->ddrescue, &note);
	}
	if (beyond == 0)
		return;
	err_set(&note,
		"warning: %" PRIu64 " areas end beyond the disk, which has %" PRIu64
		" bytes: it is of another",
		beyond, end);
	fail(lookup->ddrescue, &note);
}

static int lookup_rescue(struct lookup *lookup)
{
	uint64_t end = map_disk(lookup->map)->sectors;
	struct rescue_map rescue = {0};
	struct err err;
	int status = 0;

	if (rescue_read(&rescue, lookup->ddrescue, &err) != 0)
		status = fail(lookup->ddrescue, &err);
	else
		note_rescue(lookup, &rescue);
	for (size_t i = 0; i < rescue.areas.n && status == 0; i++) {
		const struct rescue_area *area = &rescue.areas.at[i];
		uint64_t to = (area->from + area->bytes + SECTOR_SIZE - 1) >> SECTOR_SHIFT;

		lookup->state = area;
		status = lookup_area(lookup, area->from >> SECTOR_SHIFT, to < end ? to : end);
	}
	lookup->state = NULL;
	VEC_FREE(&rescue.areas);
	return status;
}

static int lookup_all(struct lookup *lookup, char **words)
{
	struct map *map;
	int status = 0, printed;

	if (open_map(&map, lookup->disk, lookup->common) != 0)
		return STATUS_FAILED;
	lookup->map = map;
	if (lookup->ddrescue != NULL)
		status = lookup_rescue(lookup);
	for (; *words != NULL && status == 0; words++)
		status = strcmp(*words, "-") == 0 ? lookup_input(lookup) : lookup_word(lookup, *words);
	printed = print_text(&lookup->out);
	print_notes(map);
	text_free(&lookup->out);
	map_close(map);
	return status != 0 ? status : printed != 0 ? printed : lookup->missed ? STATUS_FAILED : STATUS_DONE;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct lookup *lookup = context;

	(void)err;
	if (option == OPTION_BYTES)
		lookup->bytes = true;
	else if (option == OPTION_DDRESCUE)
		lookup->ddrescue = lookup->common->read_later = value;
	return 0;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT,
	    COMMON_DISK,
	    COMMON_HELP,
	    {"bytes", no_argument, NULL, OPTION_BYTES},
	    {"ddrescue", required_argument, NULL, OPTION_DDRESCUE},
	    {0},
	};
	struct common common = COMMON_INIT;
	struct lookup lookup = {.common = &common};
	int status =
	    common_parse(&common, &command_lookup, options, options_help, argc, argv, own_option, &lookup);

	if (status == 1) {
		status = STATUS_DONE;
	} else if (status == 0 && argc - optind < (lookup.ddrescue ? 1 : 2)) {
		status = fail_usage(&command_lookup, "expected a disk and at least one sector");
	} else if (status == 0) {
		lookup.disk = argv[optind];
		status = lookup_all(&lookup, argv + optind + 1);
	}
	common_done(&common);
	return status;
}

const struct command command_lookup = {
    .name = "lookup",
    .usage = "[OPTIONS] DISK SECTOR...",
    .help = "which region, file and offset is at a sector",
    .run = run,
};
