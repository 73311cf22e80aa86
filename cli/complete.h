/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What could stand next on a command line, for the shells' completion (docs/completion). */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/cli.h"

/* How a command is asked for its options: its only argument. */
#define COMPLETE_OPTIONS "--complete-options"

/* Prints candidates for the last of the words, which stand behind "blkmap": one a line, with a tab and a
   description where there is one.  STATUS_DONE, also when there are none. */
int complete(const struct command *const *commands, size_t ncommands, int nwords, char **words);

/* The options of a command's table, for COMPLETE_OPTIONS. */
int complete_options(const struct option *options);

#endif
