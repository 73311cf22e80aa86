/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a saved map keeps of a FAT file system: its geometry, the files' first clusters, and the names. */
#include "layout/fat/fat_private.h"

#include "layout/saved/format.h"

#include <stdlib.h>

int fat_save(const struct fs *fs, struct saved_out *out, struct err *err)
{
	const struct fat *fat = fat_of(fs);
	const struct fat_geometry *geometry = &fat->geometry;
	struct text *tree = &out->sections[SAVED_TREE];

	if (fat->names.used > UINT32_MAX)
		return err_set(err, "has more names than a saved map can hold");
	pack_str(tree, fs->type);
	pack_u8(tree, (uint8_t)geometry->bits);
	pack_u32(tree, geometry->cluster);
	pack_u32(tree, geometry->table_start);
	pack_u32(tree, geometry->table);
	pack_u32(tree, geometry->data_start);
	pack_u64(tree, geometry->total);
	pack_u32(tree, geometry->clusters);
	pack_u32(tree, fat->names.root);
	pack_u64(tree, fat->first.n);
	for (size_t i = 0; i < fat->first.n; i++)
		pack_u32(tree, fat->first.at[i]);
	saved_put_names(out, &fat->names);
	return 0;
}

static bool is_sound(const struct fat_geometry *geometry)
{
	return (geometry->bits == 12 || geometry->bits == 16 || geometry->bits == 32) &&
	       geometry->cluster > 0 && geometry->cluster <= 8 * 255 && geometry->clusters < 0x10000000 &&
	       geometry->total <= UINT64_C(8) * UINT32_MAX && geometry->data_start < geometry->total;
}

static int load_files(struct saved_in *in, struct fat *fat)
{
	uint64_t n = unpack_u64(&in->tree);

	for (uint64_t i = 0; i < n && !in->tree.bad; i++) {
		uint32_t first = unpack_u32(&in->tree);

		if (i >= UINT32_MAX - 1 || (i > 0 && first < fat->first.at[i - 1]))
			in->tree.bad = true;
		else if (VEC_PUSH(&fat->first, first) != 0)
			return -1;
	}
	return 0;
}

struct fs *fat_load(struct saved_in *in, struct space *space)
{
	struct fat *fat = calloc(1, sizeof(*fat));
	struct fat_geometry *geometry;
	uint32_t root;

	if (fat == NULL)
		return NULL;
	geometry = &fat->geometry;
	fat->fs.ops = &fat_ops;
	fat->fs.space = space;
	unpack_field(&in->tree, fat->fs.type, sizeof(fat->fs.type));
	geometry->bits = unpack_u8(&in->tree);
	geometry->cluster = unpack_u32(&in->tree);
	geometry->table_start = unpack_u32(&in->tree);
	geometry->table = unpack_u32(&in->tree);
	geometry->data_start = unpack_u32(&in->tree);
	geometry->total = unpack_u64(&in->tree);
	geometry->clusters = unpack_u32(&in->tree);
	root = unpack_u32(&in->tree);
	in->tree.bad = in->tree.bad || !is_sound(geometry);
	fat->fs.block_sectors = geometry->cluster;
	fat->fs.sectors = geometry->total;
	if (load_files(in, fat) != 0) {
		fat_free(&fat->fs);
		return NULL;
	}
	saved_get_names(in, &fat->names);
	fat->names.root = root;
	return &fat->fs;
}
