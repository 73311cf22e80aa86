/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages, common options and output for all subcommands. */
#include "cli/cli.h"

#include "base/escape.h"
#include "base/size.h"
#include "base/threads.h"
#include "cli/guard.h"
#include "layout/disk/image.h"
#include "layout/saved/saved.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int fail(const char *file, const struct err *err)
{
	struct text line = {0};

	text_str(&line, "blkmap: ");
	if (file != NULL) {
		escape_terminal(&line, file, strlen(file));
		text_str(&line, ": ");
	}
	escape_terminal(&line, err->text, strlen(err->text));
	fprintf(stderr, "%s\n", line.at ? line.at : "blkmap: out of memory");
	text_free(&line);
	return STATUS_FAILED;
}

int fail_usage(const struct command *command, const char *fmt, ...)
{
	struct err err;
	va_list ap;
	size_t used;

	va_start(ap, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, ap);
	va_end(ap);
	used = strlen(err.text);
	snprintf(err.text + used, sizeof(err.text) - used, "; usage: blkmap %s %s", command->name,
		 command->usage);
	return fail(NULL, &err);
}

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
	common->map.image_format = value;
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

#define LVM_TEXT_MAX (16u << 20)

/* Reads the whole file; a metadata text is some kilobytes. */
static int read_lvm_text(struct common *common, const char *path, struct err *err)
{
	FILE *file = fopen(path, "re");
	size_t got = 0;

	free(common->lvm_text);
	common->lvm_text = file ? calloc(1, LVM_TEXT_MAX + 1) : NULL;
	if (file == NULL)
		return err_set(err, "--lvm-metadata: %s: %s", path, strerror(errno));
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
	outputs_done(&common->outputs);
}

static int common_option(struct common *common, int option, const char *value, struct err *err)
{
	switch (option) {
	case 'v':
		common->verbose = true;
		return 0;
	case COMMON_RELATIVE_TO:
		common->relative_to = value;
		return 0;
	case COMMON_FORCE:
		common->outputs.force = common->force = true;
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

int common_parse(struct common *common, const struct command *command, const struct option *options,
		 const char *help, int argc, char **argv, option_handler *own, void *context)
{
	char letters[2 * COMMON_FIRST];
	struct err err;
	int option;

	opterr = 0;
	common->map.threads = common->trace.threads = threads_available();
	common->output.tmpdir = common->trace.tmpdir = getenv("TMPDIR");
	short_options(options, letters);
	while ((option = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		int failed;

		if (option == 'h') {
			return print_help(command, help) == 0 ? 1 : STATUS_FAILED;
		}
		if (option == '?' || (option == 'V' && own == NULL))
			return fail_usage(command, "unknown option or missing value: %s", argv[optind - 1]);
		failed = option == 'j' || option == 'v' || (option >= COMMON_FIRST && option < COMMON_LAST)
			     ? common_option(common, option, optarg, &err)
			     : own(context, option, optarg, &err);
		if (failed)
			return fail(NULL, &err);
	}
	return 0;
}

int plan_output(struct common *common, const char *path)
{
	return outputs_add(&common->outputs, path);
}

/* What options name is read as well as `path`. */
static int spare_inputs(const struct common *common, const char *path)
{
	const char *const named[] = {path, common->of, common->lvm_path};
	int status = 0;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]) && status == 0; i++)
		status = outputs_spare(&common->outputs, named[i]);
	for (size_t i = 0; i < common->map.nwith && status == 0; i++)
		status = outputs_spare(&common->outputs, common->with[i]);
	return status;
}

int open_trace(struct trace **trace, const char *path, const struct common *common)
{
	struct err err;

	if (spare_inputs(common, path) != 0)
		return STATUS_FAILED;
	if (trace_open(trace, path, &common->trace, &err) != 0)
		return fail(path, &err);
	for (size_t i = 0; i < (*trace)->files.n; i++)
		if (outputs_spare(&common->outputs, (*trace)->files.at[i]) != 0) {
			trace_close(*trace);
			return STATUS_FAILED;
		}
	if (common->verbose) {
		err_set(&err, "%s", (*trace)->why);
		fail(path, &err);
	}
	return 0;
}

/* Says when the disk that a saved map is of is not what it was. */
static int check_saved(struct map *map, const char *path, const struct common *common)
{
	struct err err;

	if (common->of != NULL && !saved_is_map(map)) {
		err_set(&err, "is no saved map, so there is nothing that --of could ask for");
		return fail(path, &err);
	}
	if (common->of != NULL && saved_compare(map, common->of, &err) != 0) {
		err_prefix(&err, "is not the map of %s: ", common->of);
		return fail(path, &err);
	}
	if (common->of == NULL && saved_of(map) != NULL && access(saved_of(map), R_OK) == 0 &&
	    saved_compare(map, saved_of(map), &err) != 0) {
		err_prefix(&err, "note: %s is not what it was when this map was saved: ", saved_of(map));
		fail(path, &err);
	}
	return 0;
}

/* A disk on which nothing is found may be none: a trace in the wrong place. */
static int refuse_trace(const struct map *map, const char *path)
{
	const struct space *disk = map_disk(map);
	const char *format = NULL;
	struct err err;

	if (map->saved == NULL && disk->fs == NULL && disk->content.type[0] == '\0')
		format = trace_recognised(path);
	if (format == NULL)
		return 0;
	err_set(&err, "is a trace (%s), not a disk", format);
	return fail(path, &err);
}

int open_map(struct map **map, const char *path, const struct common *common)
{
	struct err err;

	if (spare_inputs(common, path) != 0)
		return STATUS_FAILED;
	if (saved_is(path))
		guard_saved_map(path);
	if (map_open(map, path, &common->map, &err) != 0)
		return fail(path, &err);
	if (refuse_trace(*map, path) == 0 && check_saved(*map, path, common) == 0)
		return 0;
	map_close(*map);
	return STATUS_FAILED;
}

int print_text(struct text *text)
{
	struct err err;
	size_t wrote;

	guard_check();
	if (text->short_of_memory) {
		err_nomem(&err);
		return fail(NULL, &err);
	}
	wrote = text->n ? fwrite(text->at, 1, text->n, stdout) : 0;
	if (wrote == text->n && fflush(stdout) == 0) {
		text_clear(text);
		return 0;
	}
	/* A reader that has seen enough (head) is no failure of ours, but there is nothing left to do. */
	if (errno != EPIPE) {
		err_set(&err, "cannot write to standard output: %s", strerror(errno));
		fail(NULL, &err);
	}
	return STATUS_FAILED;
}

void print_notes(const struct map *map)
{
	struct text line = {0};

	for (size_t i = 0; i < map->notes.n; i++) {
		text_str(&line, "blkmap: ");
		escape_terminal(&line, map->path ? map->path : "", map->path ? strlen(map->path) : 0);
		text_str(&line, ": note: ");
		escape_terminal(&line, map->notes.at[i].text, strlen(map->notes.at[i].text));
		text_char(&line, '\n');
	}
	if (map->notes.left_out > 0)
		text_printf(&line, "blkmap: %s: and %zu more notes\n", map->path, map->notes.left_out);
	if (line.n > 0)
		fputs(line.at, stderr);
	text_free(&line);
}

unsigned terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}
