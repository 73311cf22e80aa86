/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame of a part's file: magic, version (4), length of all (8), what is told, and its checksum (4). */
#ifndef PARTS_PART_PRIVATE_H
#define PARTS_PART_PRIVATE_H

#define PART_MAGIC "blkmap-part\n"
#define PART_LENGTH_AT (sizeof(PART_MAGIC) - 1 + 4)
#define PART_HEAD_BYTES (PART_LENGTH_AT + 8)
#define PART_CRC_BYTES 4

#endif
