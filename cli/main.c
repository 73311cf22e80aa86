/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap: what every block access means. */
#include "cli/cli.h"
#include "cli/shim.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
    &command_analyze, &command_map,    &command_lookup, &command_find,  &command_dump,    &command_align,
    &command_convert, &command_record, &command_draw,   &command_merge, &command_compare,
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

static void add_help(struct text *out)
{
	text_str(
	    out,
	    "blkmap tells what every block access means: it maps a trace of sectors through partitions,\n"
	    "LVM2 and ext2/3/4 to structures and files.\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		text_printf(out, "  blkmap %-8s %-24s %s\n", commands[i]->name, commands[i]->usage,
			    commands[i]->help);
	text_str(out, "\nTRACE is a file in a format that blkmap knows (blkmap(1) lists them), perhaps "
		      "compressed, or -\n"
		      "for standard input.  DISK is a raw image, a block device, a qcow2, vmdk, vdi or vhdx "
		      "image, or an\n"
		      "NBD URI.  blkmap COMMAND --help lists a command's options; blkmap --version says the "
		      "version.\n");
}

/* The answer to --help and --version; a wrong call gets the help on standard error. */
static int answer(bool version)
{
	struct text out = {0};
	int status;

	if (version)
		text_str(&out, "blkmap " BLKMAP_VERSION "\n");
	else
		add_help(&out);
	status = print_text(&out);
	text_free(&out);
	return status;
}

static int complain(const char *word)
{
	struct text out = {0};
	struct err err;

	if (word != NULL) {
		err_set(&err, "'%s' is not a command; blkmap --help lists them", word);
		return fail(NULL, &err);
	}
	add_help(&out);
	fputs(out.at ? out.at : "", stderr);
	text_free(&out);
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	if (argc > 0 && shim_is_called(argv[0]))
		return shim_main(argv);
	/* So that names in UTF-8 have their width in tables; all else is locale-free. */
	if (setlocale(LC_CTYPE, "") == NULL || strcmp(setlocale(LC_CTYPE, NULL), "C") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of writing, as a full disk is */
	if (argc < 2)
		return complain(NULL);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return answer(true);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
		return answer(false);
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	return complain(argv[1]);
}
