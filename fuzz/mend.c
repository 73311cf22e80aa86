/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structures are found by their magic numbers at multiples of a sector, wherever partitions and volumes lie; what
   they say of themselves is held against the disk's end, for it may have been changed. Formats: as in layout/,
   which names the sources. */
#include "fuzz/mend.h"

#include "base/bytes.h"
#include "base/crc.h"

#include <stdbool.h>
#include <string.h>

#define SECTOR ((size_t)512)

struct disk {
	uint8_t *at;
	size_t size;
};

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* The bytes, or NULL where they are not all there. */
static uint8_t *bytes_at(const struct disk *disk, uint64_t at, uint64_t len)
{
	return at <= disk->size && len <= disk->size - at ? disk->at + at : NULL;
}

static uint32_t crc32_of(const uint8_t *bytes, size_t len)
{
	return ~crc32_update(UINT32_MAX, bytes, len);
}

/* --- GPT --- */

static void mend_gpt(const struct disk *disk, uint8_t *header, size_t at)
{
	uint64_t entries_at = le64(header + 72), n = le32(header + 80), each = le32(header + 84);
	uint32_t len = le32(header + 12);
	/* The header says which sector it lies in, and so how large the sectors are. */
	uint64_t lba = le64(header + 24),
		 unit = lba > 0 && at % lba == 0 && at / lba <= 65536 ? at / lba : 512;
	const uint8_t *entries = entries_at < disk->size && n < 65536 && each < 65536
				     ? bytes_at(disk, entries_at * unit, n * each)
				     : NULL;

	if (entries != NULL)
		put(header + 88, crc32_of(entries, (size_t)(n * each)), 4);
	if (len < 92 || len > SECTOR)
		return;
	put(header + 16, 0, 4);
	put(header + 16, crc32_of(header, len), 4);
}

/* --- LVM --- */

#define LVM_CRC_START 0xf597a6cf

static void mend_lvm_header(const struct disk *disk, uint8_t *header)
{
	uint64_t size = le64(header + 32);
	size_t base = (size_t)(header - disk->at);

	/* The header lies where it says, counted from the start of its PV. */
	for (uint8_t *raw = header + 40; raw + 24 <= header + SECTOR && le64(raw) != 0; raw += 24) {
		uint64_t offset = le64(raw), len = le64(raw + 8);
		const uint8_t *text = offset < size && len < size ? bytes_at(disk, base + offset, len) : NULL;

		if (text != NULL)
			put(raw + 16, crc32_update(LVM_CRC_START, text, (size_t)len), 4);
	}
	put(header, crc32_update(LVM_CRC_START, header + 4, SECTOR - 4), 4);
}

/* --- dm-thin --- */

#define THIN_BLOCK 4096

static bool mend_thin(uint8_t *block)
{
	uint32_t flags = le32(block + 4), most = le32(block + 20);
	bool is_super = le64(block + 32) == 27022010;

	if (!is_super &&
	    ((flags != 1 && flags != 2) || le32(block + 24) != 8 || most == 0 || most > 252 || most % 3 != 0))
		return false;
	put(block, crc32c_update(UINT32_MAX, block + 4, THIN_BLOCK - 4) ^ (is_super ? 160774 : 121107), 4);
	return true;
}

/* --- md --- */

static void mend_md(uint8_t *super, const struct disk *disk)
{
	uint64_t sum = 0, len = 256 + 2 * (uint64_t)le32(super + 220);

	if (len > 4096 || bytes_at(disk, (uint64_t)(super - disk->at), len) == NULL)
		return;
	put(super + 216, 0, 4);
	for (uint64_t i = 0; i + 4 <= len; i += 4)
		sum += le32(super + i);
	if (len % 4 == 2)
		sum += le16(super + len - 2);
	put(super + 216, (sum & UINT32_MAX) + (sum >> 32), 4);
}

/* --- ext2/3/4 --- */

#define EXT_METADATA_CSUM 0x400
#define EXT_64BIT 0x80
#define EXT_JOURNAL_DEVICE 8

struct ext_shape {
	uint64_t base; /* the byte of the disk that the file system begins at */
	uint32_t block, seed, groups, inodes_per_group, inode_size, descriptor;
};

static void mend_inode(uint8_t *inode, uint32_t number, const struct ext_shape *ext)
{
	uint8_t word[4];
	bool wide = ext->inode_size > 128 && le16(inode + 128) >= 4;
	uint32_t crc;

	put(word, number, 4);
	crc = crc32c_update(ext->seed, word, 4);
	crc = crc32c_update(crc, inode + 100, 4);
	put(inode + 124, 0, 2);
	if (wide)
		put(inode + 130, 0, 2);
	crc = crc32c_update(crc, inode, ext->inode_size);
	put(inode + 124, crc, 2);
	if (wide)
		put(inode + 130, crc >> 16, 2);
}

static void mend_group(const struct disk *disk, uint8_t *descriptor, uint32_t group,
		       const struct ext_shape *ext)
{
	uint64_t table = ext->base + (uint64_t)le32(descriptor + 8) * ext->block;
	uint8_t word[4];
	uint32_t crc;

	put(word, group, 4);
	put(descriptor + 30, 0, 2);
	crc = crc32c_update(ext->seed, word, 4);
	put(descriptor + 30, crc32c_update(crc, descriptor, ext->descriptor), 2);
	for (uint32_t i = 0; i < ext->inodes_per_group && i < 64; i++) {
		uint8_t *inode = bytes_at(disk, table + (uint64_t)i * ext->inode_size, ext->inode_size);

		if (inode != NULL && !bytes_all_zero(inode, 128))
			mend_inode(inode, group * ext->inodes_per_group + i + 1, ext);
	}
}

static void mend_ext(const struct disk *disk, uint8_t *super)
{
	struct ext_shape ext = {
	    .base = (uint64_t)(super - disk->at) - 1024,
	    .block = 1024u << (le32(super + 24) & 7),
	    .seed = crc32c_update(UINT32_MAX, super + 104, 16),
	    .inodes_per_group = le32(super + 40),
	    .inode_size = le16(super + 88),
	    .descriptor = le32(super + 96) & EXT_64BIT ? le16(super + 254) : 32,
	};
	uint32_t per_group = le32(super + 32);

	if (!(le32(super + 100) & EXT_METADATA_CSUM) || (le32(super + 96) & EXT_JOURNAL_DEVICE))
		return;
	put(super + 0x3fc, crc32c_update(UINT32_MAX, super, 0x3fc), 4);
	if (per_group == 0 || ext.inode_size < 128 || ext.inode_size > 4096 || ext.descriptor < 32 ||
	    ext.descriptor > 1024)
		return;
	ext.groups = (le32(super + 4) - le32(super + 20) + per_group - 1) / per_group;
	for (uint32_t group = 0; group < ext.groups && group < 64; group++) {
		uint8_t *descriptor = bytes_at(
		    disk, ext.base + (le32(super + 20) + 1) * (uint64_t)ext.block + group * ext.descriptor,
		    ext.descriptor);

		if (descriptor != NULL)
			mend_group(disk, descriptor, group, &ext);
	}
}

/* A journal's superblock, whose checksum covers its first 1024 bytes. */
static void mend_journal(const struct disk *disk, uint8_t *block)
{
	if (be32(block + 4) != 4 || !(be32(block + 40) & 0x18) ||
	    bytes_at(disk, (uint64_t)(block - disk->at), 1024) == NULL)
		return;
	put(block + 0xfc, 0, 4);
	put(block + 0xfc, __builtin_bswap32(crc32c_update(UINT32_MAX, block, 1024)), 4);
}

void mend_at(uint8_t *bytes, size_t size, size_t at)
{
	struct disk whole = {bytes, size}, *disk = &whole;
	uint8_t *sector = bytes + at;

	if (at + SECTOR > size)
		return;

	if (memcmp(sector, "EFI PART", 8) == 0)
		mend_gpt(disk, sector, at);
	else if (memcmp(sector, "LABELONE", 8) == 0)
		put(sector + 16, crc32_update(LVM_CRC_START, sector + 20, SECTOR - 20), 4);
	else if (memcmp(sector + 4, " LVM2 x[5A%r0N*>", 16) == 0)
		mend_lvm_header(disk, sector);
	else if (le32(sector) == 0xa92b4efc && le32(sector + 4) == 1)
		mend_md(sector, disk);
	else if (at >= 1024 && le16(sector + 56) == 0xef53 && bytes_at(disk, at, 1024) != NULL)
		mend_ext(disk, sector);
	else if (be32(sector) == 0xc03b3998)
		mend_journal(disk, sector);
	else if (at % THIN_BLOCK == 0 && bytes_at(disk, at, THIN_BLOCK) != NULL)
		mend_thin(sector);
}
