/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a disk in one of QEMU's formats has lost its end.  QEMU itself reads zeroes from there, without a
   word.  Facts: QEMU docs/interop/qcow2.txt and block/vdi.c. */
#ifndef LAYOUT_CUT_OFF_H
#define LAYOUT_CUT_OFF_H

#include "base/err.h"

#include <stdint.h>

/* 0 where nothing is missing or nothing can be told, else -1 with the reason.  `bytes`: the file's size. */
int cut_off_check(int fd, const char *format, uint64_t bytes, struct err *err);

#endif
