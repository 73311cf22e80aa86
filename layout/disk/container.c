/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Containers by their magic numbers.  Facts: the formats' specifications (RFC 1952, RFC 8878, xz-file-format,
   LZ4 frame format), AOSP libsparse/sparse_format.h, e2fsprogs lib/ext2fs/e2image.h, libewf's documentation,
   partclone's src/partclone.h, QEMU block/dmg.c. */
#include "layout/disk/container.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define HEAD 64
#define DMG_TRAILER 512

static const struct container {
	uint32_t offset, len;
	const char *magic;
	const char *name, *advice;
} containers[] = {
    {0, 6, "\xfd\x37zXZ\0", "an xz file", "unpack it: xz -dk"},
    {0, 3, "\x1f\x8b\x08", "a gzip file", "unpack it: gzip -dk"},
    {0, 4, "\x28\xb5\x2f\xfd", "a zstd file", "unpack it: zstd -d"},
    {4, 6, "1AY&SY", "a bzip2 file", "unpack it: bzip2 -dk"},
    {0, 4, "\x04\x22\x4d\x18", "an lz4 file", "unpack it: lz4 -d"},
    {0, 4, "LZIP", "an lzip file", "unpack it: lzip -dk"},
    {0, 9, "\x89LZO\0\r\n\x1a\n", "an lzop file", "unpack it: lzop -d"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it: 7z x"},
    {0, 4, "PK\x03\x04", "a zip archive", "unpack it: unzip"},
    {0, 4, "\x3a\xff\x26\xed", "an Android sparse image", "convert it: simg2img FILE DISK"},
    {4, 10, "Ext2 Image", "an e2image with metadata only, which has no sectors",
     "make one that has: e2image -r DEVICE FILE"},
    {0, 8, "EVF\x09\x0d\x0a\xff\0", "an E01 (EWF) image", "export it: ewfexport -f raw FILE"},
    {0, 8, "EVF2\x0d\x0a\x81\0", "an Ex01 (EWF2) image", "export it: ewfexport -f raw FILE"},
    {0, 15, "partclone-image", "a partclone image", "restore it: partclone.restore -C -s FILE -O DISK"},
    {0, 15, "\0ntfsclone-image", "an ntfsclone image", "restore it: ntfsclone -r -O DISK FILE"},
    {0, 4, "VMA\0", "a Proxmox backup (VMA)", "extract it: vma extract FILE DIRECTORY"},
    {0, 8, "AFF10\r\n\0", "an AFF image", "convert it: affconvert -r FILE"},
};

static int refuse(const char *name, const char *advice, struct err *err)
{
	return err_set(err, "is %s; %s (--image-format raw takes its own bytes for the disk)", name, advice);
}

static bool is_dmg(int fd, uint64_t bytes)
{
	char magic[4];

	return bytes >= DMG_TRAILER &&
	       pread(fd, magic, sizeof(magic), (off_t)(bytes - DMG_TRAILER)) == (ssize_t)sizeof(magic) &&
	       memcmp(magic, "koly", sizeof(magic)) == 0;
}

int container_check(int fd, uint64_t bytes, struct err *err)
{
	char head[HEAD] = "";

	if (pread(fd, head, sizeof(head), 0) < 16)
		return 0;
	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
		const struct container *one = &containers[i];

		if (memcmp(head + one->offset, one->magic, one->len) == 0)
			return refuse(one->name, one->advice, err);
	}
	if (is_dmg(fd, bytes))
		return refuse("an Apple disk image (dmg)", "convert it: dmg2img FILE DISK", err);
	return 0;
}
