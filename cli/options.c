/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options that commands have in common. */
#include "cli/cli.h"

#include "base/openfile.h"
#include "base/size.h"
#include "base/suggest.h"
#include "base/threads.h"
#include "cli/complete.h"
#include "cli/confine.h"
#include "layout/disk/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int parse_align(struct common *common, const char *value, struct err *err)
{
	uint64_t bytes;

	if (size_parse(value, &bytes, err) != 0)
		return err_prefix(err, "--align: ");
	if (bytes == 0 || bytes % SECTOR_SIZE != 0)
		return err_set(err, "--align: '%s' is not a multiple of 512 bytes", value);
	common->unit_sectors = bytes >> SECTOR_SHIFT;
	return 0;
}

static int parse_image_format(struct common *common, const char *value, struct err *err)
{
	if (!image_format_is_known(value))
		return err_set(
		    err,
		    "--image-format: '%s' is none of raw, qcow2, qcow, vmdk, vdi, vhdx, vpc, qed, parallels",
		    value);
	common->map.image.format = value;
	return 0;
}
#define MAX_MEMORY_MIN (UINT64_C(1) << 20)

static int parse_sector_size(struct common *common, const char *value, struct err *err)
{
	uint64_t bytes;

	if (size_parse(value, &bytes, err) != 0)
		return err_prefix(err, "--sector-size: ");
	if (bytes < SECTOR_SIZE || bytes > 65536 || (bytes & (bytes - 1)) != 0)
		return err_set(err, "--sector-size: '%s' is not a power of two from 512 to 64K", value);
	common->map.sector_size = (uint32_t)bytes;
	return 0;
}

static int parse_max_memory(struct common *common, const char *value, struct err *err)
{
	uint64_t bytes;

	if (size_parse(value, &bytes, err) != 0)
		return err_prefix(err, "--max-memory: ");
	if (bytes < MAX_MEMORY_MIN)
		return err_set(err, "--max-memory: '%s' is less than 1M", value);
	common->map.max_memory = common->trace.max_memory = bytes;
	return 0;
}

static int parse_as_of(struct common *common, const char *value, struct err *err)
{
	if (strcmp(value, "access") != 0 && strcmp(value, "end") != 0)
		return err_set(err, "--as-of: '%s' is neither access nor end", value);
	common->as_of_end = strcmp(value, "end") == 0;
	common->map.history = !common->as_of_end;
	return 0;
}

static int parse_jobs(struct common *common, const char *value, struct err *err)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end != '\0' || n < 1 || n > THREADS_MAX)
		return err_set(err, "-j: '%s' is not a number from 1 to %d", value, THREADS_MAX);
	common->map.threads = common->trace.threads = (unsigned)n;
	return 0;
}

static int add_with(struct common *common, const char *value, struct err *err)
{
	if (common->map.nwith == COMMON_WITH_MAX)
		return err_set(err, "--with: more than %d further disks", COMMON_WITH_MAX);
	common->with[common->map.nwith++] = value;
	common->map.with = common->with;
	return 0;
}

/* BLKMAP_ALLOW_BACKING is a folder, or 1 for the image's own. */
static const char *allowed_backing(const char *value)
{
	if (value == NULL || value[0] == '\0')
		return NULL;
	return strcmp(value, "1") == 0 ? "" : value;
}

#define LVM_TEXT_MAX (16u << 20)

/* Reads the whole file; a metadata text is some kilobytes. */
static int read_lvm_text(struct common *common, const char *path, struct err *err)
{
	int fd = file_open(path, FILE_TEXT, err);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	size_t got = 0;

	free(common->lvm_text);
	common->lvm_text = file ? calloc(1, LVM_TEXT_MAX + 1) : NULL;
	if (file == NULL)
		return err_prefix(err, "--lvm-metadata: %s: ", path);
	if (common->lvm_text != NULL)
		got = fread(common->lvm_text, 1, LVM_TEXT_MAX, file);
	fclose(file);
	if (common->lvm_text == NULL)
		return err_nomem(err);
	if (got == 0 || strlen(common->lvm_text) != got)
		return err_set(err, "--lvm-metadata: %s: is no text", path);
	common->map.lvm_metadata = common->lvm_text;
	return 0;
}

void common_done(struct common *common)
{
	free(common->lvm_text);
	common->lvm_text = NULL;
	filter_close(common->filter);
	common->filter = NULL;
	free(common->filter_text);
	common->filter_text = NULL;
	outputs_done(&common->outputs);
}

int parse_filter(struct filter **filter, const char *option, const char *value, struct caret *caret,
		 struct err *err)
{
	filter_close(*filter);
	if (filter_open(filter, value, &caret->at, err) == 0)
		return 0;
	caret->text = value;
	return err_prefix(err, "%s: column %zu: ", option, caret->at + 1);
}

static int common_option(struct common *common, int option, const char *value, struct err *err)
{
	switch (option) {
	case 'v':
		common->verbose = true;
		return 0;
	case 'Y':
		common->passing = value;
		return parse_filter(&common->filter, "-Y", value, &common->caret, err);
	case COMMON_FROM:
		common->from = value;
		return 0;
	case COMMON_TO:
		common->to = value;
		return 0;
	case COMMON_RELATIVE_TO:
		common->relative_to = value;
		return 0;
	case COMMON_FORCE:
		common->outputs.force = common->force = true;
		return 0;
	case COMMON_ALLOW_BACKING:
		common->map.image.backing = value != NULL ? value : "";
		return 0;
	case COMMON_NO_SANDBOX:
		common->no_sandbox = true;
		return 0;
	case COMMON_ALLOW_REMOTE:
		common->map.image.remote = true;
		return 0;
	case COMMON_JSON:
		common->json = true;
		return 0;
	case COMMON_ALL:
		common->all = true;
		return 0;
	case COMMON_ALIGN:
		return parse_align(common, value, err);
	case COMMON_FORMAT:
		common->trace.format = value;
		return 0;
	case COMMON_DEVICE:
		common->trace.device = value;
		return 0;
	case COMMON_EVENT:
		common->trace.event = value;
		return 0;
	case COMMON_IMAGE_FORMAT:
		return parse_image_format(common, value, err);
	case COMMON_MAX_MEMORY:
		return parse_max_memory(common, value, err);
	case COMMON_SECTOR_SIZE:
		return parse_sector_size(common, value, err);
	case COMMON_WITH:
		return add_with(common, value, err);
	case COMMON_OF:
		common->of = value;
		return 0;
	case COMMON_AS_OF:
		return parse_as_of(common, value, err);
	case COMMON_NO_REPLAY:
		common->map.no_replay = true;
		return 0;
	case COMMON_LVM_METADATA:
		common->lvm_path = value;
		return read_lvm_text(common, value, err);
	case 'j':
		return parse_jobs(common, value, err);
	default:
		return err_set(err, "unknown option");
	}
}

/* A window's end as a test: "#100" is an access, all else a time. */
static int add_end(struct text *out, const char *option, const char *value, const char *comparison,
		   struct err *err)
{
	static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF.-\xc2\xb5";
	enum field_id field = value[0] == '#' ? FIELD_IO_INDEX : FIELD_IO_TIME;
	struct text test = {0};
	struct filter *filter = NULL;
	size_t at;
	int status;

	value += value[0] == '#';
	text_printf(&test, "%s %s %s", fields[field].name, comparison, value);
	status = test.short_of_memory ? err_nomem(err) : 0;
	if (status == 0 && strspn(value, word) == strlen(value))
		status = filter_open(&filter, test.at, &at, err);
	else
		status = -1;
	filter_close(filter);
	if (status == 0)
		text_printf(out, "%s%s", out->n > 0 ? " && " : "", test.at);
	text_free(&test);
	return status == 0 ? 0
			   : err_set(err, "%s: '%s' is neither a time (1.5, 20ms) nor an access (#100)",
				     option, value);
}

/* The window and what must pass are one filter. */
static int join_filter(struct common *common, struct err *err)
{
	struct text out = {0};
	size_t at;
	int status;

	if (common->from == NULL && common->to == NULL)
		return 0;
	if ((common->from != NULL && add_end(&out, "--from", common->from, ">=", err) != 0) ||
	    (common->to != NULL && add_end(&out, "--to", common->to, "<=", err) != 0)) {
		text_free(&out);
		return -1;
	}
	if (common->passing != NULL)
		text_printf(&out, " && (%s)", common->passing);
	filter_close(common->filter);
	common->filter = NULL;
	common->filter_text = out.at;
	status = out.short_of_memory ? err_nomem(err) : filter_open(&common->filter, out.at, &at, err);
	return status;
}

static int print_help(const struct command *command, const char *help)
{
	struct text out = {0};
	int status;

	text_printf(&out, "usage: blkmap %s %s\n%s", command->name, command->usage, help);
	status = print_text(&out);
	text_free(&out);
	return status;
}

/* The letters that are short for options: -h, -V, and what a command's table has besides. */
static void short_options(const struct option *options, char *letters)
{
	size_t n = 0;

	letters[n++] = 'h';
	letters[n++] = 'V';
	for (; options->name != NULL; options++) {
		if (options->val <= ' ' || options->val >= COMMON_FIRST || strchr("hV", options->val))
			continue;
		letters[n++] = (char)options->val;
		if (options->has_arg == required_argument)
			letters[n++] = ':';
	}
	letters[n] = '\0';
}

#define OPTIONS_MAX 128

/* An option that is not there, or has no value: what may have been meant. */
static int refuse_option(const struct command *command, const struct option *options, const char *word)
{
	const char *names[OPTIONS_MAX], *near = NULL;
	char typed[64];
	size_t n = 0;

	for (; options[n].name != NULL && n < OPTIONS_MAX; n++)
		names[n] = options[n].name;
	snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word, "="), word);
	if (strncmp(typed, "--", 2) == 0)
		near = suggest(typed + 2, names, n);
	if (near == NULL || strcmp(near, typed + 2) == 0)
		return fail_usage(command, "unknown option or missing value: %s", word);
	return fail_usage(command, "unknown option or missing value: %s; did you mean --%s?", word, near);
}

int common_parse(struct common *common, const struct command *command, const struct option *options,
		 const char *help, int argc, char **argv, option_handler *own, void *context)
{
	char letters[2 * COMMON_FIRST];
	struct err err;
	int option;

	if (argc == 2 && strcmp(argv[1], COMPLETE_OPTIONS) == 0)
		return complete_options(options) == 0 ? 1 : STATUS_FAILED;
	opterr = 0;
	common->map.threads = common->trace.threads = threads_available();
	common->output.tmpdir = common->trace.tmpdir = getenv("TMPDIR");
	common->map.image.opened = confine_opened;
	common->no_sandbox = !SANDBOX_DEFAULT;
	common->map.image.backing = allowed_backing(getenv("BLKMAP_ALLOW_BACKING"));
	short_options(options, letters);
	while ((option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		int failed;

		if (option == 'h') {
			return print_help(command, help) == 0 ? 1 : STATUS_FAILED;
		}
		if (option == '?' || (option == 'V' && own == NULL))
			return refuse_option(command, options, argv[optind - 1]);
		failed = option == 'j' || option == 'v' || option == 'Y' ||
				 (option >= COMMON_FIRST && option < COMMON_LAST)
			     ? common_option(common, option, optarg, &err)
			     : own(context, option, optarg, &err);
		if (failed) {
			fail(NULL, &err);
			print_caret(&common->caret);
			return STATUS_FAILED;
		}
	}
	return join_filter(common, &err) == 0 ? 0 : fail(NULL, &err);
}
