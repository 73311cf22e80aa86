/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the tables that --help and the parsers have: commands, options, formats, fields, kinds, and the devices of a
   disk that stands on the line. */
#include "cli/complete.h"

#include "base/escape.h"
#include "layout/device.h"
#include "layout/kind.h"
#include "query/field.h"

#include <string.h>
#include <sys/stat.h>

static int print_lines(struct text *out)
{
	int status = print_text(out);

	text_free(out);
	return status;
}

int complete_options(const struct option *options)
{
	struct text out = {0};

	for (; options->name != NULL; options++)
		text_printf(&out, "--%s%s\n", options->name,
			    options->has_arg == required_argument ? "=" : "");
	return print_lines(&out);
}

static int complete_command(const struct command *const *commands, size_t ncommands)
{
	struct text out = {0};

	for (size_t i = 0; i < ncommands; i++)
		text_printf(&out, "%s\t%s\n", commands[i]->name, commands[i]->help);
	text_str(&out, "help\tthe manual page of a command\n");
	return print_lines(&out);
}

static int complete_format(void)
{
	struct text out = {0};

	for (size_t i = 0; trace_formats[i] != NULL; i++)
		text_printf(&out, "%s\n", trace_formats[i]->name);
	return print_lines(&out);
}

static int complete_field(void)
{
	struct text out = {0};

	for (size_t i = 0; i < FIELDS; i++)
		text_printf(&out, "%s\t%s\n", fields[i].name, fields[i].help);
	return print_lines(&out);
}

static int complete_kind(void)
{
	struct text out = {0};

	for (int i = 0; i < KIND_COUNT; i++)
		text_printf(&out, "%s\n", kind_name((enum kind)i));
	return print_lines(&out);
}

/* Devices of the last word that is a regular file and a disk. */
static int complete_device(int nwords, char **words)
{
	struct common common = COMMON_INIT;
	struct text out = {0};
	const char *disk = NULL;
	struct map *map;
	struct stat st;

	for (int i = 1; i + 1 < nwords; i++)
		if (words[i][0] != '-' && stat(words[i], &st) == 0 && S_ISREG(st.st_mode))
			disk = words[i];
	common.map.shallow = true;
	if (disk == NULL || open_map(&map, disk, &common) != 0)
		return STATUS_DONE;
	for (size_t i = 0; i < map->spaces.n; i++) {
		const struct space *space = map->spaces.at[i];

		if (!device_is_visible(space))
			continue;
		escape_terminal(&out, space->name, strlen(space->name));
		text_char(&out, '\n');
	}
	map_close(map);
	return print_lines(&out);
}

/* The value of an option. */
static int complete_value(const char *option, int nwords, char **words)
{
	if (strcmp(option, "--format") == 0)
		return complete_format();
	if (strcmp(option, "--kind") == 0)
		return complete_kind();
	if (strcmp(option, "--relative-to") == 0)
		return complete_device(nwords, words);
	if (strcmp(option, "-e") == 0 || strcmp(option, "--sort") == 0)
		return complete_field();
	return STATUS_DONE;
}

int complete(const struct command *const *commands, size_t ncommands, int nwords, char **words)
{
	char *const ask[] = {words[0], COMPLETE_OPTIONS, NULL};
	const struct command *command = NULL;
	const char *current = nwords > 0 ? words[nwords - 1] : "";

	if (nwords <= 1 || (nwords == 2 && strcmp(words[0], "help") == 0))
		return complete_command(commands, ncommands);
	for (size_t i = 0; i < ncommands; i++)
		if (strcmp(commands[i]->name, words[0]) == 0)
			command = commands[i];
	if (command == NULL)
		return STATUS_DONE;
	if (current[0] == '-')
		return command->run(2, (char **)ask);
	if (words[nwords - 2][0] == '-')
		return complete_value(words[nwords - 2], nwords, words);
	return strcmp(words[0], "find") == 0 && nwords > 2 ? complete_kind() : STATUS_DONE;
}
