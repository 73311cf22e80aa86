/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap lookup: what is at these sectors, or at the places that messages name. */
#include "cli/lookup.h"

#include "base/size.h"
#include "cli/message.h"
#include "layout/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char options_help[] =
    "  --log FILE          messages with places in them: kernel and smartctl logs, lists of badblocks, map "
    "files\n"
    "                      of ddrescue, hdparm's output, numbers with words around them; - is standard "
    "input\n"
    "  --name NAME=DEVICE  what messages call NAME is DEVICE here, as in dm-0=VG/LV, sdb=disk2\n"
    "  --relative-to DEVICE  numbers count from the start of this partition or volume\n"
    "  --unit SIZE         numbers, and \"logical blocks\" of messages, count units of SIZE bytes\n"
    "  --fs-block          numbers are blocks of the file system\n"
    "  --bytes             numbers are byte offsets on the disk, not sectors\n"
    "  --ddrescue FILE     what lies in the areas that a ddrescue map file calls not "
    "rescued\n"
    "  --lost              which files, directories, inodes and metadata are lost with all of these\n"
    "  --json              one JSON object a line\n" COMMON_DISK_HELP
    "SECTOR is decimal or 0x hexadecimal, in units of 512 bytes, or [DEVICE:]<INODE>; - reads sectors, or\n"
    "messages, from standard input.\n";

enum {
	OPTION_BYTES = 1,
	OPTION_DDRESCUE,
	OPTION_LOG,
	OPTION_NAME,
	OPTION_UNIT,
	OPTION_FS_BLOCK,
	OPTION_LOST
};

/* A sector of the disk, as it is typed. */
static int lookup_plain(struct lookup *lookup, uint64_t number)
{
	struct lookup_from from = {.byte = lookup->bytes ? number % SECTOR_SIZE : 0};
	uint64_t sector = lookup->bytes ? number >> SECTOR_SHIFT : number;
	struct err err;

	if (sector >= map_disk(lookup->map)->sectors) {
		err_set(&err,
			"sector %" PRIu64 " is beyond the end of the disk, which has %" PRIu64 " sectors",
			sector, map_disk(lookup->map)->sectors);
		fail(lookup->disk, &err);
		lookup->missed = true;
		return 0;
	}
	return lookup_sector(lookup, sector, &from);
}

/* "[DEVICE:]<12>": 1 where it is none, 0, or STATUS_FAILED. */
static int lookup_inode(struct lookup *lookup, const char *word)
{
	struct message message = {.unit = MESSAGE_INODE};
	struct lookup_from from = {.message = &message};
	const struct space *base = lookup->base, *named;
	const char *open = strchr(word, '<'), *end;
	char device[256];
	struct err err;
	int status;

	if (open == NULL || (open > word && open[-1] != ':') ||
	    !message_number(open + 1, 10, &message.number, &end) || strcmp(end, ">") != 0)
		return 1;
	if (open > word) {
		snprintf(device, sizeof(device), "%.*s", (int)(open - 1 - word), word);
		named = device_find(lookup->map, device, &err);
		if (named == NULL)
			return fail(lookup->disk, &err);
		lookup->base = named;
	}
	status = lookup_message(lookup, &from);
	lookup->base = base;
	return status;
}

int lookup_word(struct lookup *lookup, const char *word)
{
	struct message message = {.unit = MESSAGE_PLAIN};
	struct lookup_from from = {.message = &message};
	struct err err;
	int status = lookup_inode(lookup, word);

	if (status != 1)
		return status;
	if (number_parse(word, &message.number, &err) != 0)
		return fail(NULL, &err);
	if (lookup->unit == 0 && !lookup->fs_block && lookup->base == map_disk(lookup->map))
		return lookup_plain(lookup, message.number);
	return lookup_message(lookup, &from);
}

static int find_base(struct lookup *lookup)
{
	struct err err;

	if (lookup->common->relative_to == NULL)
		return 0;
	lookup->base = device_find(lookup->map, lookup->common->relative_to, &err);
	if (lookup->base != NULL)
		return 0;
	err_prefix(&err, "--relative-to: ");
	return fail(lookup->disk, &err);
}

static int lookup_all(struct lookup *lookup, char **words)
{
	struct map *map;
	int status = 0, printed;

	if (open_map(&map, lookup->disk, lookup->common) != 0)
		return STATUS_FAILED;
	lookup->map = lookup->names.map = map;
	lookup->names.disk = lookup->disk;
	lookup->base = map_disk(map);
	status = find_base(lookup);
	if (status == 0 && lookup->ddrescue != NULL)
		status = lookup_rescue(lookup);
	if (status == 0 && lookup->log != NULL)
		status = lookup_input(lookup, lookup->log);
	for (; *words != NULL && status == 0; words++)
		status = strcmp(*words, "-") == 0 ? lookup_input(lookup, "-") : lookup_word(lookup, *words);
	if (status == 0 && lookup->lost)
		status = lost_report(lookup);
	printed = print_text(&lookup->out);
	print_notes(map);
	map_close(map);
	return status != 0 ? status : printed != 0 ? printed : lookup->missed ? STATUS_FAILED : STATUS_DONE;
}

static int parse_unit(struct lookup *lookup, const char *value, struct err *err)
{
	if (size_parse(value, &lookup->unit, err) != 0)
		return err_prefix(err, "--unit: ");
	if (lookup->unit == 0)
		return err_set(err, "--unit: '%s' is no size", value);
	return 0;
}

static int read_later(struct lookup *lookup, const char *option, const char *value, struct err *err)
{
	if (lookup->log != NULL || lookup->ddrescue != NULL)
		return err_set(err, "%s: there is one --log or one --ddrescue", option);
	if (strcmp(value, "-") != 0 || strcmp(option, "--log") != 0)
		lookup->common->read_later = value;
	return 0;
}

static int own_option(void *context, int option, const char *value, struct err *err)
{
	struct lookup *lookup = context;
	int status = 0;

	if (option == OPTION_BYTES)
		lookup->bytes = true;
	else if (option == OPTION_FS_BLOCK)
		lookup->fs_block = true;
	else if (option == OPTION_LOST)
		lookup->lost = true;
	else if (option == OPTION_UNIT)
		status = parse_unit(lookup, value, err);
	else if (option == OPTION_NAME)
		status = device_names_give(&lookup->names, value, err);
	else if (option == OPTION_DDRESCUE && (status = read_later(lookup, "--ddrescue", value, err)) == 0)
		lookup->ddrescue = value;
	else if (option == OPTION_LOG && (status = read_later(lookup, "--log", value, err)) == 0)
		lookup->log = value;
	return status;
}

static void lookup_done(struct lookup *lookup)
{
	device_names_done(&lookup->names);
	VEC_FREE(&lookup->runs);
	VEC_FREE(&lookup->inodes);
	text_free(&lookup->out);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
	    COMMON_OUTPUT,
	    COMMON_DISK,
	    COMMON_HELP,
	    {"bytes", no_argument, NULL, OPTION_BYTES},
	    {"ddrescue", required_argument, NULL, OPTION_DDRESCUE},
	    {"log", required_argument, NULL, OPTION_LOG},
	    {"name", required_argument, NULL, OPTION_NAME},
	    {"unit", required_argument, NULL, OPTION_UNIT},
	    {"fs-block", no_argument, NULL, OPTION_FS_BLOCK},
	    {"lost", no_argument, NULL, OPTION_LOST},
	    {"relative-to", required_argument, NULL, COMMON_RELATIVE_TO},
	    {0},
	};
	struct common common = COMMON_INIT;
	struct lookup lookup = {.common = &common};
	int status =
	    common_parse(&common, &command_lookup, options, options_help, argc, argv, own_option, &lookup);

	if (status == 1) {
		status = STATUS_DONE;
	} else if (status == 0 && argc - optind < (lookup.ddrescue || lookup.log ? 1 : 2)) {
		status = fail_usage(&command_lookup, "expected a disk and at least one sector");
	} else if (status == 0 && lookup.bytes + lookup.fs_block + (lookup.unit != 0) > 1) {
		status = fail_usage(&command_lookup,
				    "one of --bytes, --unit and --fs-block says what numbers count");
	} else if (status == 0) {
		lookup.disk = argv[optind];
		status = lookup_all(&lookup, argv + optind + 1);
	}
	lookup_done(&lookup);
	common_done(&common);
	return status;
}

const struct command command_lookup = {
    .name = "lookup",
    .usage = "[OPTIONS] DISK SECTOR...",
    .help = "which region, file and offset is at a sector",
    .run = run,
};
