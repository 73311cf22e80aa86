/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap map: what is where on a disk. */
#include "cli/cli.h"
#include "layout/saved/saved.h"
#include "reports/map_filter.h"
#include "reports/map_json.h"
#include "reports/map_tree.h"

#include <stdio.h>

#define OUTPUT_CHUNK 262144

static const char options_help[] =
    "  --json              every run of sectors, one JSON object a line\n"
    "  -o FILE             save the map in this file, for use in place of DISK\n" COMMON_WRITING_HELP
    "  --anonymize         with -o: tokens instead of all names\n"
    "  -v, --verbose       list the segments of volumes\n"
    "  --kind KIND         only this kind of region (may be repeated)\n"
    "  --device DEVICE     only regions of this device \n" COMMON_DISK_HELP;

enum { OPTION_KIND = 1, OPTION_ANONYMIZE };

struct map_command {
	struct map_filter filter;
	const char *file; /* -o, or NULL */
	bool anonymize;
};

static int print_json(const struct map *map, const struct map_filter *filter)
{
	struct text out = {0};
	uint64_t at = 0;
	int status = 0;

	while (status == 0 && map_json_next(&out, map, filter, &at))
		if (out.n > OUTPUT_CHUNK)
			status = print_text(&out);
	if (status == 0)
		status = print_text(&out);
	text_free(&out);
	return status;
}

static int print_tree(const struct map *map, const struct map_filter *filter)
{
	struct text out = {0};
	struct err err;
	int status = map_tree(&out, map, filter, terminal_width(), &err);

	status = status == 0 ? print_text(&out) : fail(NULL, &err);
	text_free(&out);
	return status;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct map_command *own = context;
	struct map_filter *filter = &own->filter;
	enum kind kind = kind_named(value ? value : "");

	if (option == 'o') {
		own->file = value;
		return 0;
	}
	if (option == OPTION_ANONYMIZE) {
		own->anonymize = true;
		return 0;
	}
	if (option != OPTION_KIND)
		return err_set(err, "unknown option");
	if (kind == KIND_COUNT)
		return err_set(err, "--kind: '%s' is no kind of region", value ? value : "");
	filter->kinds[kind] = filter->by_kind = true;
	return 0;
}

static int print_map(const char *disk, const struct common *common, struct map_filter *filter)
{
	struct map *map;
	struct err err;
	int status;

	if (open_map(&map, disk, common) != 0)
		return STATUS_FAILED;
	filter->device = common->trace.device;
	filter->segments = common->verbose;
	if (map_filter_check(filter, map, &err) != 0)
		status = fail(disk, &err);
	else
		status = common->json ? print_json(map, filter) : print_tree(map, filter);
	print_notes(map);
	map_close(map);
	return status;
}

static int save_map(const char *disk, struct common *common, const struct map_command *own)
{
	struct map *map;
	struct err err;
	int status = STATUS_DONE;

	common->map.keep_links = true;
	common->output.sync = true;
	if (plan_output(common, own->file) != 0)
		return STATUS_FAILED;
	if (open_map(&map, disk, common) != 0)
		return STATUS_FAILED;
	print_notes(map);
	if (own->anonymize && saved_anonymize(map, &err) != 0)
		status = fail(disk, &err);
	else if (saved_write(map, own->file, &common->output, &err) != 0)
		status = fail(own->file, &err);
	map_close(map);
	return status;
}

static int print_or_save(const char *disk, struct common *common, struct map_command *own)
{
	if (own->file == NULL && own->anonymize)
		return fail_usage(&command_map, "--anonymize is for a map that is saved with -o");
	if (own->file == NULL)
		return print_map(disk, common, &own->filter);
	if (common->json || own->filter.by_kind || common->trace.device != NULL)
		return fail_usage(&command_map, "-o saves the whole map, and prints nothing");
	return save_map(disk, common, own);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT,
	    COMMON_DISK,
	    COMMON_HELP,
	    COMMON_WRITING,
	    {"verbose", no_argument, NULL, 'v'},
	    {"anonymize", no_argument, NULL, OPTION_ANONYMIZE},
	    {"kind", required_argument, NULL, OPTION_KIND},
	    {"device", required_argument, NULL, COMMON_DEVICE},
	    {0},
	};
	struct common common = COMMON_INIT;
	struct map_command own = {0};
	int status = common_parse(&common, &command_map, options, options_help, argc, argv, own_option, &own);

	if (status == 0)
		status = argc - optind != 1 ? fail_usage(&command_map, "expected one disk")
					    : print_or_save(argv[optind], &common, &own);
	else if (status == 1)
		status = STATUS_DONE;
	common_done(&common);
	return status;
}

const struct command command_map = {
    .name = "map",
    .usage = "[OPTIONS] DISK",
    .help = "what is where on this disk",
    .run = run,
};
