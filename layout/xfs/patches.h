/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sectors of a space as they are being changed by a replay, each read from the space when it is first
   touched. */
#ifndef LAYOUT_XFS_PATCHES_H
#define LAYOUT_XFS_PATCHES_H

#include "base/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct overlay;
struct space;

struct patch {
	uint64_t sector;
	uint8_t *bytes; /* 512, owned; NULL in an empty slot */
};

/* Starts zeroed but for the first four. */
struct patches {
	const struct space *space;
	struct account *account;
	bool v5;
	uint8_t uuid[16]; /* of metadata */
	struct patch *slots;
	size_t n, cap; /* cap is 0 or a power of two */
	uint64_t spent;
};

/* 0; 1 where the space cannot be read, or there is no room; -1 without memory. */
int patches_read(struct patches *patches, uint64_t at, uint8_t *buf, size_t len);
int patches_write(struct patches *patches, uint64_t at, const uint8_t *bytes, size_t len);

/* Whether a version-5 structure that begins at a sector is at least as new as an LSN. */
bool patches_is_newer(struct patches *patches, uint64_t sector, uint64_t lsn);

/* Makes the checksum of a structure, or of an inode, anew, as it gets one when it is written. */
int patches_seal(struct patches *patches, uint64_t sector, uint32_t sectors);
int patches_seal_inode(struct patches *patches, uint64_t at, size_t size);

/* All of them as an overlay; NULL without memory.  The patches are empty then. */
struct overlay *patches_overlay(struct patches *patches);
void patches_free(struct patches *patches);

#endif
