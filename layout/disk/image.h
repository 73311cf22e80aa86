/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a disk, read-only: a raw image file, a block device, an image in one of QEMU's formats
   (qcow2, qcow, vmdk, vdi, vhdx, vpc, qed, parallels; through a captive qemu-nbd), or an NBD export by its
   URI. */
#ifndef LAYOUT_DISK_IMAGE_H
#define LAYOUT_DISK_IMAGE_H

#include "base/err.h"
#include "base/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image;

/* What an image may be taken for, and may lead to. */
struct image_options {
	/* In place of what it looks like: one of those that image_format_is_known knows, or NULL. */
	const char *format;
	/* Other files that it names are opened in this folder, or "": its own; NULL: nowhere. */
	const char *backing;
	bool remote; /* as are servers that it names */
	/* Gives one that is open already: 1, 0 where there is none, or -1 where it could not be opened; may be NULL. */
	int (*opened)(const char *path, struct image **image, struct err *err);
};

bool image_format_is_known(const char *format);

/* `options` may be NULL.  0, or -1 with a text that does not repeat the path. */
int image_open(struct image **image, const char *path, const struct image_options *options, struct err *err);
void image_close(struct image *image);

/* From now on what is read is charged to that account, which must last as long as the image. */
void image_charge(struct image *image, struct account *account);

/* Whole sectors of 512 bytes; a last part of a sector is not counted. */
uint64_t image_sectors(const struct image *image);

/* The other files that it lies in, one after the other from 0 on; NULL behind the last. */
const char *image_file(const struct image *image, size_t i);

/* Whether it is read as it is, without a server. */
bool image_is_raw(const struct image *image);

/* Whether it is a block device that this machine uses: mounted, or part of another device. */
bool image_is_in_use(const struct image *image);

/* The device's logical sector size, or 0 where a file does not tell. */
uint32_t image_sector_size(const struct image *image);

/* What was odd when it was opened, or "". */
const char *image_note(const struct image *image);

/* Reads exactly len bytes; -1 when they are not all there or cannot be read.  Where the device says that it
   cannot read some (err->errnum is set), the others are in buf, with zeroes for these. */
int image_read(struct image *image, uint64_t offset, void *buf, size_t len, struct err *err);

/* The sectors that could not be read so far, in order, and the first reason; no other thread may read
   meanwhile. */
struct image_bad {
	uint64_t start, count;
};
size_t image_unreadable(struct image *image, const struct image_bad **bad, int *errnum);

/* Whether the file has been written to, or has another size, since it was opened. */
bool image_has_changed(const struct image *image);

/* Whether nothing more can be read, because a server has gone; then -1 with the reason. */
int image_check(const struct image *image, struct err *err);

/* How many bytes have been read so far, to show what was not. */
uint64_t image_bytes_read(const struct image *image);

#endif
