/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A FAT file system, asked as any other.  A block is a cluster; a file's number is its first cluster. */
#include "layout/fat/fat_private.h"

#include "layout/saved/format.h"

#include <string.h>

static bool block(const struct fs *fs, uint64_t sector, uint64_t *block)
{
	const struct fat_geometry *geometry = &fat_of(fs)->geometry;

	if (sector < geometry->data_start)
		return false;
	*block = (sector - geometry->data_start) / geometry->cluster + FAT_FIRST_CLUSTER;
	return *block - FAT_FIRST_CLUSTER < geometry->clusters;
}

static bool block_sector(const struct fs *fs, uint64_t block, uint64_t *sector)
{
	if (block > UINT32_MAX || !fat_is_cluster(fat_of(fs), (uint32_t)block))
		return false;
	*sector = fat_sector(fat_of(fs), (uint32_t)block);
	return true;
}

static uint64_t number(const struct fs *fs, uint32_t owner)
{
	const struct fat *fat = fat_of(fs);

	return owner > 0 && owner <= fat->first.n ? fat->first.at[owner - 1] : 0;
}

static bool owner(const struct fs *fs, uint64_t number, uint32_t *owner)
{
	const struct fat *fat = fat_of(fs);
	size_t low = 0, high = fat->first.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fat->first.at[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	*owner = (uint32_t)low + 1;
	return number != 0 && low < fat->first.n && fat->first.at[low] == number;
}

static bool clusters(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		     uint64_t clusters[2])
{
	return fat_table_clusters(fat_of(fs), (sector - extent->start) * 512, sectors * 512, clusters);
}

static bool path(const struct fs *fs, uint32_t owner, char *path, size_t len)
{
	return file_names_path(&fat_of(fs)->names, owner, path, len);
}

static bool has_path(const struct fs *fs, uint32_t owner)
{
	return file_names_has(&fat_of(fs)->names, owner);
}

static void expect_path(const struct fs *fs, uint32_t owner, unsigned step)
{
	file_names_expect(&fat_of(fs)->names, owner, step);
}

/* Names as they are written in the directory; FAT itself does not tell large letters from small ones. */
static int resolve(const struct fs *fs, const char *path, uint32_t *owner, struct err *err)
{
	const struct file_names *names = &fat_of(fs)->names;
	const char *at = path;

	*owner = names->root;
	while (*at != '\0' && *owner != 0) {
		size_t len = strcspn(at, "/");

		if (len > 0)
			*owner = file_names_find(names, *owner, at, len);
		at += len + (at[len] == '/');
	}
	return *owner != 0 ? 0 : err_set(err, "%s on %s: no such file", path, space_name(fs->space));
}

/* The number of the file system, in the boot sector. */
static bool identity(const struct fs *fs, struct fs_bytes *bytes)
{
	*bytes = (struct fs_bytes){.offset = fat_of(fs)->geometry.bits == 32 ? 67 : 39, .len = 4};
	return true;
}

static int anonymize(struct fs *fs, const uint64_t key[2])
{
	return saved_anonymize_names(&((struct fat *)fs)->names, key);
}

const struct fs_ops fat_ops = {
    .name = "fat",
    .block = block,
    .block_sector = block_sector,
    .number = number,
    .owner = owner,
    .clusters = clusters,
    .path = path,
    .has_path = has_path,
    .expect_path = expect_path,
    .resolve = resolve,
    .identity = identity,
    .save = fat_save,
    .load = fat_load,
    .anonymize = anonymize,
    .free = fat_free,
};
