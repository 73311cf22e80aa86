/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap: what every block access means. */
#include "cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
	&command_analyze, &command_map, &command_lookup, &command_find,
	&command_dump, &command_align,
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	fputs("blkmap tells what every block access means: it maps a trace of sectors through partitions,\n"
	      "LVM2 and ext2/3/4 to structures and files.\n\n", to);
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(to, "  blkmap %-8s %-34s %s\n", commands[i]->name, commands[i]->usage, commands[i]->help);
	fputs("\nTRACE is a .qtr file or - for standard input; DISK is a raw image or a block device.\n"
	      "blkmap COMMAND --help lists a command's options; blkmap --version says the version.\n", to);
}

int main(int argc, char **argv)
{
	/* So that names in UTF-8 have their width in tables; all else is locale-free. */
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(setlocale(LC_CTYPE, NULL), "C") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_help(stderr);
		return STATUS_FAILED;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		puts("blkmap " BLKMAP_VERSION);
		return STATUS_DONE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return STATUS_DONE;
	}
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	fprintf(stderr, "blkmap: '%s' is not a command; blkmap --help lists them\n", argv[1]);
	return STATUS_FAILED;
}
