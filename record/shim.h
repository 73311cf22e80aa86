/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* blkmap in the place of QEMU: libguestfs runs it as LIBGUESTFS_HV, and it runs the real one with block
   trace events on.

   The recording and its shims share the recording's directory:
     blkmap-qemu   the shim: a link to this program, told by its name
     settings      NUL-terminated: the real QEMU, --drive, --before, 1 for --force or 0
     drives        of each drive, NUL-terminated: sectors, QEMU's name for it, the user's image
     lock          held by every QEMU as long as it runs
     error         what went wrong in a shim
     TIME.PID.log  the log of one QEMU */
#ifndef RECORD_SHIM_H
#define RECORD_SHIM_H

#include "base/err.h"
#include "record/disk.h"

#define SHIM_NAME "blkmap-qemu"
#define SHIM_LOCK "lock"
#define SHIM_ERROR "error"

struct shim_settings {
	char *qemu, *drive, *before, *force; /* "" where there is none; owned */
};

int shim_settings_write(const char *directory, const char *qemu, const char *drive, const char *before,
			bool force, struct err *err);

/* Adds the drives that shims have seen. */
int shim_drives_read(const char *directory, struct disks *disks, struct err *err);

/* Becomes QEMU, called as argv; returns only when that fails. */
int shim_run(char **argv, struct err *err);

#endif
