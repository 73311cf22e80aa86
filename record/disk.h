/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks of a recording. */
#ifndef RECORD_DISK_H
#define RECORD_DISK_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk {
	unsigned number;  /* from 1, in the order in which they were seen */
	char *image;      /* the user's file or device; owned */
	char *device;     /* what the tracer calls it, or NULL where it has only one; owned */
	uint64_t sectors; /* 0 when that is not known */
};

/* Starts zeroed. */
struct disks {
	struct disk *at;
	size_t n, cap;
};

/* Adds a disk (copying the names), with the next number. */
int disks_add(struct disks *disks, const char *image, const char *device, uint64_t sectors, struct err *err);
void disks_done(struct disks *disks);

/* Whether `drive` (may be NULL) means this disk: its number, its path or its file's name. */
bool disk_is(const struct disk *disk, const char *drive);

/* Leaves only the disks that `drive` means; -1 when that is none. */
int disks_pick(struct disks *disks, const char *drive, struct err *err);

/* The size of a raw image, a qcow2 image (that of the disk in it) or a block device; 0 when unknown. */
uint64_t disk_image_sectors(const char *path, bool raw);

/* The file that a qcow2 image lies over, to be freed, or NULL. */
char *disk_image_backing(const char *path);

/* Whether it is a qcow2 image, whose bytes are not those of a disk. */
bool disk_image_is_qcow2(const char *path);

/* Copies an image, which may not be what the copy's name leads to: a reflink where the file system can do
   that, else with its holes. */
struct disk_copy {
	const char *tmpdir; /* as tempfile_open has it */
	bool force;         /* also over a file that is not empty */
};
int disk_image_copy(const char *from, const char *to, const struct disk_copy *how, struct err *err);

/* -1 when a path leads to the image of one of the disks. */
int disks_spare(const struct disks *disks, const char *path, struct err *err);

/* A path with a number before its extension: "t.qtr" and 2 give "t.2.qtr".  To be freed. */
char *path_numbered(const char *path, unsigned number);

/* A path that still means the same in another directory; to be freed, NULL without memory. */
char *path_absolute(const char *path);

#endif
