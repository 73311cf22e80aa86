/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap lookup: what is at these sectors. */
#include "base/escape.h"
#include "base/size.h"
#include "cli/cli.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char options_help[] =
    "  --json              one JSON object a line\n"
    "  --sector-size SIZE  the disk's logical sector size, when it is not told\n"
    "SECTOR is decimal or 0x hexadecimal, in units of 512 bytes; - reads sectors from standard input.\n";

/* "4358: VG/LV ext4 file-data, block 1057, group 0, inode 12 /hello, byte 0  (4358+8)" */
static void add_line(struct text *out, const struct region *region, uint64_t sector)
{
	text_printf(out, "%" PRIu64 ": ", sector);
	for (unsigned i = 0; i < region->depth; i++) {
		if (i > 0)
			text_str(out, " > ");
		escape_terminal(out, region->stack[i]->name, strlen(region->stack[i]->name));
	}
	text_str(out, ": ");
	if (region->fs != NULL)
		text_printf(out, "%s ", region->fs);
	region_details(out, region);
	text_printf(out, " [%" PRIu64 "+%" PRIu64 "]\n", region->start, region->sectors);
}

static int lookup(const struct map *map, const char *path, const char *word, bool json, struct text *out)
{
	struct region region;
	struct place place;
	uint64_t sector;
	struct err err;

	if (number_parse(word, &sector, &err) != 0)
		return fail(NULL, &err);
	if (sector >= map_disk(map)->sectors) {
		err_set(&err, "sector %" PRIu64 " is beyond the end of the disk, which has %" PRIu64 " sectors", sector,
			map_disk(map)->sectors);
		return fail(path, &err);
	}
	region_lookup(map, sector, &place, &region);
	if (json) {
		region_json(out, &region, &sector);
		text_char(out, '\n');
	} else {
		add_line(out, &region, sector);
	}
	return out->n > 65536 ? print_text(out) : 0;
}

/* Sectors from standard input, separated by blanks or line ends. */
static int lookup_input(const struct map *map, const char *path, bool json, struct text *out)
{
	char *line = NULL, *word, *save;
	size_t cap = 0;
	int status = 0;

	while (status == 0 && getline(&line, &cap, stdin) >= 0)
		for (word = strtok_r(line, " \t\r\n", &save); word != NULL && status == 0;
		     word = strtok_r(NULL, " \t\r\n", &save))
			status = lookup(map, path, word, json, out);
	free(line);
	return status;
}

static int lookup_all(const char *disk, char **words, const struct common *common)
{
	struct text out = {0};
	struct map *map;
	int status = 0, printed;

	if (open_map(&map, disk, common) != 0)
		return STATUS_FAILED;
	for (; *words != NULL && status == 0; words++)
		status = strcmp(*words, "-") == 0 ? lookup_input(map, disk, common->json, &out)
						   : lookup(map, disk, *words, common->json, &out);
	printed = print_text(&out);
	print_notes(map);
	text_free(&out);
	map_close(map);
	return status != 0 ? status : printed;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		COMMON_OUTPUT, COMMON_DISK, {"help", no_argument, NULL, 'h'}, {0},
	};
	struct common common = COMMON_INIT;
	struct err err;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			printf("usage: blkmap %s %s\n%s", command_lookup.name, command_lookup.usage, options_help);
			return STATUS_DONE;
		}
		if (option == '?')
			return fail_usage(&command_lookup, "unknown option or missing value: %s", argv[optind - 1]);
		if (common_option(&common, option, optarg, &err) != 0)
			return fail(NULL, &err);
	}
	if (argc - optind < 2)
		return fail_usage(&command_lookup, "expected a disk and at least one sector");
	return lookup_all(argv[optind], argv + optind + 1, &common);
}

const struct command command_lookup = {
	.name = "lookup",
	.usage = "[OPTIONS] DISK SECTOR...",
	.help = "which region, file and offset is at a sector",
	.run = run,
};
