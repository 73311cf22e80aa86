/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A space: sectors with addresses of their own (disk, partition, volume).

   The disk's space lies in an image; every other one is made of segments, each of which lies in areas
   of outer spaces.  Parsers read through space_read and nothing else, so what a space lies in never
   matters to them.  In the other direction an outer space's extents of KIND_CHILD name a link
   (space, segment, area), and segment_inward says which of the inner sectors lies there. */
#ifndef LAYOUT_SPACE_H
#define LAYOUT_SPACE_H

#include "base/err.h"
#include "base/vec.h"
#include "layout/extent.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fs;
struct image;
struct overlay;
struct space;

enum segment_type {
	SEGMENT_LINEAR,  /* one area */
	SEGMENT_STRIPED, /* chunks go round the areas */
	SEGMENT_MIRROR,  /* every area holds everything */
	SEGMENT_RAID4,
	SEGMENT_RAID5_LA,
	SEGMENT_RAID5_RA,
	SEGMENT_RAID5_LS,
	SEGMENT_RAID5_RS,
	SEGMENT_RAID5_N,
	SEGMENT_RAID6_LA,
	SEGMENT_RAID6_LS,
	SEGMENT_RAID6_RS,
	SEGMENT_RAID6_0, /* both syndromes on the first devices */
	SEGMENT_RAID6_ZR,
	SEGMENT_RAID6_NR,
	SEGMENT_RAID6_NC,
	SEGMENT_RAID6_LA_6,
	SEGMENT_RAID6_RA_6,
	SEGMENT_RAID6_LS_6,
	SEGMENT_RAID6_RS_6,
	SEGMENT_RAID6_0_6, /* parity on the first device, the syndrome on the last */
	SEGMENT_RAID6_N_6,
	SEGMENT_RAID10,
	SEGMENT_ZERO, /* zeroes that lie nowhere: type zero, and what a thin volume has not provisioned */
	SEGMENT_NONE, /* error, or not understood: no data anywhere */
};

/* Where a part of a segment lies: sectors from `start` on in an outer space; NULL when it is missing. */
struct area {
	struct space *space;
	uint64_t start;
};

struct segment {
	uint64_t start, count; /* sectors of the space that it is a part of */
	enum segment_type type;
	uint32_t chunk;  /* sectors of a stripe's unit */
	uint32_t copies; /* SEGMENT_RAID10: near ones */
	uint32_t far_copies,
	    far_set; /* SEGMENT_RAID10: times that (0 is 1), moved within sets of so many areas (0 is all) */
	uint64_t far_stride; /* sectors of an area from one of these to the next */
	bool far_offset;     /* they lie in the next row of chunks instead */
	uint32_t nareas;
	struct area *areas; /* owned */
};

/* What a container's driver or libblkid says of a space; strings are "" where there is nothing. */
struct content {
	char type[24]; /* libblkid's word */
	char label[128];
	char uuid[64];
	char detail[160]; /* anything else worth a word */
	char table
	    [40]; /* what a partition table is known by (GPT's GUID, MBR's signature); not in saved maps */
};

/* 16 bytes as UUIDs are written. */
void content_set_uuid(struct content *content, const uint8_t *uuid);

enum space_type { SPACE_DISK, SPACE_PARTITION, SPACE_VOLUME };

struct space {
	enum space_type type;
	uint32_t id;             /* index in its map */
	uint32_t depth;          /* 0 for the disk */
	char *name;              /* the contract's device name; owned */
	struct space *parent;    /* the first space that it lies in; NULL for a disk */
	struct space *serves;    /* the visible space whose name its sectors carry; itself unless hidden */
	struct account *account; /* its map's; NULL for none */
	uint64_t sectors;
	uint32_t sector_size;         /* the logical sector size of tables inside it, bytes */
	bool is_disk;                 /* all others lie in a disk, or nowhere */
	struct image *image;          /* a disk's; NULL for all others, and in a saved map */
	VEC(struct segment) segments; /* sorted by start, without gaps */
	struct claims claims;         /* until it is sealed */
	struct extents extents;       /* after it is sealed */
	enum kind rest;               /* what its unclaimed sectors are */
	char about[144]; /* what the outer layer says of it: partition type and name; "" if nothing */
	struct content content;
	struct overlay *overlay; /* what reads otherwise than it lies there, or NULL; owned */
	uint64_t told_sectors;   /* how long it is by what is in it, at least; 0 where nothing says so */
	struct fs *fs;           /* its file system, or NULL; owned */
	bool probed;
	bool left_out; /* some of what it holds did not fit into the account */
};

/* One more segment at the end of the space's segments; areas are copied.  0, or -1 without memory. */
int space_add_segment(struct space *space, const struct segment *segment, struct err *err);

/* Where a sector of an inner space is read from: an area, sectors from the area's start, and how many go on
   that way.  False when it lies nowhere that is here, which also goes on for *run sectors. */
bool space_outward(const struct space *space, uint64_t sector, const struct area **area, uint64_t *at,
		   uint64_t *run);

/* Reads exactly len bytes; -1 where they are not all there.  With err->errnum set a device could not read
   some: the others are in buf, and these are zeroes.  What the space's overlay has is taken from it. */
int space_read(const struct space *space, uint64_t offset, void *buf, size_t len, struct err *err);

/* The same as it lies on the disk, without the space's own overlay. */
int space_read_below(const struct space *space, uint64_t offset, void *buf, size_t len, struct err *err);

/* Claims sectors of a space; what lies beyond its end is cut off. */
void space_claim(struct space *space, enum rank rank, enum kind kind, uint64_t start, uint64_t count);
void space_claim_as(struct space *space, struct claim claim);

/* The cutting alone; a claim that lies behind the end has no sectors then. */
void space_cut_claim(const struct space *space, struct claim *claim);

/* Makes extents of the claims, with so many threads, if that has not been done; nothing can be claimed then.
   0, or -1 without memory. */
int space_seal(struct space *space, unsigned threads);

/* The name that users see for sectors of this space. */
static inline const char *space_name(const struct space *space)
{
	return space->serves->name;
}

static inline uint64_t space_bytes(const struct space *space)
{
	return space->sectors * 512;
}

#endif
