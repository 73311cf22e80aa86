/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap: what every block access means. */
#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/complete.h"
#include "cli/shim.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
	    "LVM2, md, ext2/3/4, XFS and FAT to structures and files.\n\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		text_printf(out, "  blkmap %-8s %-24s %s\n", commands[i]->name, commands[i]->usage,
			    commands[i]->help);
	text_str(out,
		 "\nTRACE is a file in a format that blkmap knows (blkmap(1) lists them), perhaps "
		 "compressed, or -\n"
		 "for standard input.  DISK is a raw image, a block device, a qcow2, vmdk, vdi or vhdx "
		 "image, or an\n"
		 "NBD URI.  blkmap COMMAND --help lists a command's options, blkmap help COMMAND opens its "
		 "manual page;\n"
		 "blkmap --version says the version.  blkmap TRACE DISK is blkmap analyze, blkmap DISK is "
		 "blkmap map.\n");
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

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(name, commands[i]->name) == 0)
			return commands[i];
	return NULL;
}

static const char *suggest_command(const char *typed)
{
	const char *names[NCOMMANDS];

	for (size_t i = 0; i < NCOMMANDS; i++)
		names[i] = commands[i]->name;
	return suggest(typed, names, NCOMMANDS);
}

static int complain(const char *word)
{
	struct text out = {0};
	struct err err;

	if (word != NULL) {
		const char *near = suggest_command(word);

		err_set(&err, "'%.300s' is not a command%s%s%s; blkmap --help lists them", word,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
		return fail(NULL, &err);
	}
	add_help(&out);
	fputs(out.at ? out.at : "", stderr);
	text_free(&out);
	return STATUS_FAILED;
}

/* Whether there is such a page: man says so only after the fact. */
static bool has_page(char *page)
{
	char *const argv[] = {"man", "-w", page, NULL};
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return false;
	if (posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawnp(&pid, "man", &actions, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid)
		status = -1;
	posix_spawn_file_actions_destroy(&actions);
	return status == 0;
}

/* The manual page of a command, or what --help says where there is none. */
static int help(const char *word)
{
	const struct command *command = command_named(word);
	char page[64], *argv[] = {"man", page, NULL}, *usage[] = {page, "--help", NULL};

	if (command == NULL)
		return complain(word);
	snprintf(page, sizeof(page), "blkmap-%s", command->name);
	signal(SIGPIPE, SIG_DFL);
	if (has_page(page))
		execvp("man", argv);
	signal(SIGPIPE, SIG_IGN);
	return command->run(2, usage);
}

static bool is_there(const char *path)
{
	return path[0] != '-' && access(path, F_OK) == 0;
}

/* blkmap TRACE DISK is analyze, and blkmap DISK is map. */
static int run_files(int argc, char **argv)
{
	char *copy[4] = {argv[0]};

	if (argc > 3)
		return complain(argv[1]);
	for (int i = 1; i < argc; i++)
		copy[i] = argv[i];
	return argc == 2 ? command_map.run(argc, copy) : command_analyze.run(argc, copy);
}

int main(int argc, char **argv)
{
	const struct command *command;

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
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return answer(false);
	if (strcmp(argv[1], "help") == 0)
		return argc > 2 ? help(argv[2]) : answer(false);
	if (strcmp(argv[1], "--complete") == 0)
		return complete(commands, NCOMMANDS, argc - 2, argv + 2);
	command = command_named(argv[1]);
	if (command != NULL)
		return command->run(argc - 1, argv + 1);
	return is_there(argv[1]) ? run_files(argc, argv) : complain(argv[1]);
}
