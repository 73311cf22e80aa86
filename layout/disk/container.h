/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold a disk in a form that neither blkmap nor qemu-nbd reads sector by sector. */
#ifndef LAYOUT_DISK_CONTAINER_H
#define LAYOUT_DISK_CONTAINER_H

#include "base/err.h"

#include <stdint.h>

/* 0 where a file of so many bytes is none that is known; -1, with err saying which it is and how the disk is
   got out of it. */
int container_check(int fd, uint64_t bytes, struct err *err);

#endif
