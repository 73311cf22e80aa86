/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The logs of QEMU's block trace events, one of each QEMU. */
#ifndef RECORD_QEMU_LOG_H
#define RECORD_QEMU_LOG_H

#include "base/err.h"

#include <stdio.h>

/* Appends a log, but for a last line that was cut off and for what QEMU reads to find out what an
   image's format is: that is not of the guest's disk. */
int qemu_log_append(FILE *to, const char *path, struct err *err);

#endif
