/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a QEMU command line of libguestfs says. */
#ifndef RECORD_QEMU_ARGS_H
#define RECORD_QEMU_ARGS_H

#include <stdbool.h>

/* Whether it only asks QEMU what it can do. */
bool qemu_is_question(char *const *argv);

/* The value of KEY in "KEY=VALUE,KEY=VALUE" (a comma in a value is doubled), to be freed; NULL when it
   is not there. */
char *qemu_option(const char *options, const char *key);

/* The next argument after argv[*at] that tells of a drive of the user's ("-drive ...,id=hdN"), not of
   the appliance's; NULL at the end. */
const char *qemu_next_drive(char *const *argv, int *at);

#endif
