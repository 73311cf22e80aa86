/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap as `blkmap record` has libguestfs run it in place of QEMU. */
#ifndef CLI_SHIM_H
#define CLI_SHIM_H

#include <stdbool.h>

/* Whether the program was called by the shim's name. */
bool shim_is_called(const char *name);

/* Becomes QEMU; returns an exit status when that fails. */
int shim_main(char **argv);

#endif
