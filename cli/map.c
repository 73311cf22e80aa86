/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap map: what is where on a disk. */
#include "cli/cli.h"
#include "reports/map_json.h"
#include "reports/map_tree.h"

#include <getopt.h>
#include <stdio.h>

#define OUTPUT_CHUNK 262144

static const char options_help[] =
    "  --json              every run of sectors, one JSON object a line\n"
    "  --sector-size SIZE  the disk's logical sector size, when it is not told\n";

static int print_json(const struct map *map)
{
	struct text out = {0};
	uint64_t at = 0;
	int status = 0;

	while (status == 0 && map_json_next(&out, map, &at))
		if (out.n > OUTPUT_CHUNK)
			status = print_text(&out);
	if (status == 0)
		status = print_text(&out);
	text_free(&out);
	return status;
}

static int print_tree(const struct map *map)
{
	struct text out = {0};
	struct err err;
	int status = map_tree(&out, map, terminal_width(), &err);

	status = status == 0 ? print_text(&out) : fail(NULL, &err);
	text_free(&out);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		COMMON_OUTPUT, COMMON_DISK, {"help", no_argument, NULL, 'h'}, {0},
	};
	struct common common = COMMON_INIT;
	struct map *map;
	struct err err;
	int option, status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			printf("usage: blkmap %s %s\n%s", command_map.name, command_map.usage, options_help);
			return STATUS_DONE;
		}
		if (option == '?')
			return fail_usage(&command_map, "unknown option or missing value: %s", argv[optind - 1]);
		if (common_option(&common, option, optarg, &err) != 0)
			return fail(NULL, &err);
	}
	if (argc - optind != 1)
		return fail_usage(&command_map, "expected one disk");
	if (open_map(&map, argv[optind], &common) != 0)
		return STATUS_FAILED;
	status = common.json ? print_json(map) : print_tree(map);
	print_notes(map);
	map_close(map);
	return status;
}

const struct command command_map = {
	.name = "map",
	.usage = "[OPTIONS] DISK",
	.help = "what is where on this disk",
	.run = run,
};
