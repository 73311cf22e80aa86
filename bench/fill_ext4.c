/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fill_ext4 IMAGE DIRECTORIES FILES FRAGMENTED PIECES: fills an empty ext4 file system of 4 KiB blocks, as
   mke2fs leaves it, with DIRECTORIES directories that hold FILES files altogether, and with FRAGMENTED files
   of PIECES extents of 8 blocks each that lie all over the place.  No data is written, so the image stays
   sparse.  The same numbers give the same bytes. */
#include <ext2fs/ext2fs.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 4096u
#define PIECE 8u /* blocks in an extent of a fragmented file */
#define NOW 1700000000u

static void die_if(errcode_t code, const char *what)
{
	if (code == 0)
		return;
	fprintf(stderr, "fill_ext4: %s: %s\n", what, error_message(code));
	exit(1);
}

static void *allocate(size_t n, size_t size)
{
	void *memory = calloc(n, size);

	die_if(memory == NULL ? EXT2_ET_NO_MEMORY : 0, "memory");
	return memory;
}

/* The same numbers on every machine. */
static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33);
}

/* `n` free blocks in a row from *at on, which are taken. */
static blk64_t take_blocks(ext2_filsys fs, blk64_t *at, unsigned n)
{
	blk64_t end = ext2fs_blocks_count(fs->super), start = *at, used;

	for (;;) {
		die_if(ext2fs_find_first_zero_block_bitmap2(fs->block_map, start, end - 1, &start),
		       "no blocks left");
		if (start + n > end)
			die_if(EXT2_ET_BLOCK_ALLOC_FAIL, "no blocks left");
		if (ext2fs_find_first_set_block_bitmap2(fs->block_map, start, start + n - 1, &used) != 0)
			break;
		start = used + 1;
	}
	ext2fs_block_alloc_stats_range(fs, start, n, +1);
	*at = start + n;
	return start;
}

static ext2_ino_t take_inode(ext2_filsys fs, ext2_ino_t *at, int is_dir)
{
	ext2_ino_t inode;

	die_if(ext2fs_find_first_zero_inode_bitmap2(fs->inode_map, *at, fs->super->s_inodes_count, &inode),
	       "no inodes left");
	ext2fs_inode_alloc_stats2(fs, inode, +1, is_dir);
	*at = inode + 1;
	return inode;
}

static void write_inode(ext2_filsys fs, ext2_ino_t number, struct ext2_inode *inode, uint16_t mode,
			unsigned links, uint64_t blocks)
{
	inode->i_mode = mode;
	inode->i_links_count = (uint16_t)links;
	inode->i_flags = EXT4_EXTENTS_FL;
	inode->i_atime = inode->i_ctime = inode->i_mtime = NOW;
	ext2fs_inode_size_set(fs, inode, blocks * BLOCK);
	ext2fs_iblk_set(fs, inode, blocks);
	die_if(ext2fs_write_new_inode(fs, number, inode), "inode");
}

/* An extent tree of at most one leaf, in the inode itself. */
static void set_extent(struct ext2_inode *inode, blk64_t block, unsigned count)
{
	struct ext3_extent_header *header = (struct ext3_extent_header *)inode->i_block;
	struct ext3_extent *extent = (struct ext3_extent *)(header + 1);

	header->eh_magic = ext2fs_cpu_to_le16(EXT3_EXT_MAGIC);
	header->eh_max = ext2fs_cpu_to_le16(4);
	header->eh_entries = ext2fs_cpu_to_le16(count > 0);
	if (count == 0)
		return;
	extent->ee_len = ext2fs_cpu_to_le16((uint16_t)count);
	extent->ee_start = ext2fs_cpu_to_le32((uint32_t)block);
	extent->ee_start_hi = ext2fs_cpu_to_le16((uint16_t)(block >> 32));
}

/* --- directories --- */

struct directory {
	ext2_ino_t inode, parent;
	uint8_t *bytes;
	unsigned blocks, at; /* blocks, and where the next entry goes in the last one */
	struct ext2_dir_entry *last;
};

static struct ext2_dir_entry *new_block(struct directory *dir)
{
	dir->bytes = realloc(dir->bytes, (size_t)(dir->blocks + 1) * BLOCK);
	die_if(dir->bytes == NULL ? EXT2_ET_NO_MEMORY : 0, "memory");
	memset(dir->bytes + (size_t)dir->blocks * BLOCK, 0, BLOCK);
	dir->blocks++;
	dir->at = 0;
	return NULL;
}

static unsigned room(void)
{
	return BLOCK - (unsigned)sizeof(struct ext2_dir_entry_tail);
}

static void add_entry(ext2_filsys fs, struct directory *dir, ext2_ino_t inode, const char *name, int type)
{
	unsigned len = (unsigned)strlen(name), size = EXT2_DIR_REC_LEN(len);
	struct ext2_dir_entry *entry;

	if (dir->blocks == 0 || dir->at + size > room())
		dir->last = new_block(dir);
	entry = (struct ext2_dir_entry *)(dir->bytes + (size_t)(dir->blocks - 1) * BLOCK + dir->at);
	if (dir->last != NULL)
		die_if(ext2fs_set_rec_len(fs, EXT2_DIR_REC_LEN(ext2fs_dirent_name_len(dir->last)), dir->last),
		       "entry");
	entry->inode = inode;
	ext2fs_dirent_set_name_len(entry, (int)len);
	ext2fs_dirent_set_file_type(entry, type);
	memcpy(entry->name, name, len);
	/* The last entry takes the rest of its block. */
	die_if(ext2fs_set_rec_len(fs, room() - dir->at, entry), "entry");
	dir->last = entry;
	dir->at += size;
}

static void begin_directory(ext2_filsys fs, struct directory *dir, ext2_ino_t inode, ext2_ino_t parent)
{
	*dir = (struct directory){.inode = inode, .parent = parent};
	add_entry(fs, dir, inode, ".", EXT2_FT_DIR);
	add_entry(fs, dir, parent, "..", EXT2_FT_DIR);
}

static void end_directory(ext2_filsys fs, struct directory *dir, blk64_t *goal, unsigned links)
{
	struct ext2_inode inode = {0};
	blk64_t block = take_blocks(fs, goal, dir->blocks);

	for (unsigned i = 0; i < dir->blocks; i++) {
		uint8_t *bytes = dir->bytes + (size_t)i * BLOCK;

		ext2fs_initialize_dirent_tail(fs, EXT2_DIRENT_TAIL(bytes, BLOCK));
		die_if(ext2fs_write_dir_block4(fs, block + i, bytes, 0, dir->inode), "directory");
	}
	set_extent(&inode, block, dir->blocks);
	write_inode(fs, dir->inode, &inode, LINUX_S_IFDIR | 0755, links, dir->blocks);
	free(dir->bytes);
}

/* --- files --- */

/* Sizes as on a server: half of all files have at most 4 blocks, few have 128. */
static unsigned file_blocks(uint64_t *state)
{
	unsigned magnitude = next_random(state) % 8;

	return 1 + next_random(state) % (1u << magnitude);
}

static void add_files(ext2_filsys fs, struct directory *dir, unsigned n, ext2_ino_t *inodes, blk64_t *blocks,
		      uint64_t *state)
{
	static const char *const suffixes[] = {"c", "txt", "html", "jpeg"};
	char name[64];

	for (unsigned i = 0; i < n; i++) {
		struct ext2_inode inode = {0};
		ext2_ino_t number = take_inode(fs, inodes, 0);
		unsigned count = file_blocks(state);

		set_extent(&inode, take_blocks(fs, blocks, count), count);
		write_inode(fs, number, &inode, LINUX_S_IFREG | 0644, 1, count);
		snprintf(name, sizeof(name), "file%05u.%s", i, suffixes[next_random(state) % 4]);
		add_entry(fs, dir, number, name, EXT2_FT_REG_FILE);
	}
}

/* Directories are spread over the disk, and their files lie near them, as Linux would have it. */
static void add_directories(ext2_filsys fs, struct directory *root, unsigned n, unsigned files)
{
	uint64_t state = 1;
	char name[32];

	for (unsigned i = 0; i < n; i++) {
		dgrp_t group = (dgrp_t)((uint64_t)i * fs->group_desc_count / n);
		ext2_ino_t inodes = group * fs->super->s_inodes_per_group + 1;
		blk64_t blocks = ext2fs_group_first_block2(fs, group);
		struct directory dir;

		if (inodes < EXT2_FIRST_INO(fs->super))
			inodes = EXT2_FIRST_INO(fs->super);
		begin_directory(fs, &dir, take_inode(fs, &inodes, 1), root->inode);
		add_files(fs, &dir, files / n + (i < files % n), &inodes, &blocks, &state);
		end_directory(fs, &dir, &blocks, 2);
		snprintf(name, sizeof(name), "dir%05u", i);
		add_entry(fs, root, dir.inode, name, EXT2_FT_DIR);
	}
}

/* The pieces of all fragmented files, in an order that has nothing to do with where they lie. */
static blk64_t *shuffled_pieces(ext2_filsys fs, size_t n)
{
	blk64_t *pieces = allocate(n, sizeof(*pieces)), at = ext2fs_group_first_block2(fs, 3);
	uint64_t state = 2;

	for (size_t i = 0; i < n; i++) {
		pieces[i] = take_blocks(fs, &at, PIECE);
		/* A block stays free behind every fourth, as where another file was deleted. */
		at += i % 4 == 0;
	}
	for (size_t i = n; i > 1; i--) {
		size_t other = next_random(&state) % i;
		blk64_t swap = pieces[i - 1];

		pieces[i - 1] = pieces[other];
		pieces[other] = swap;
	}
	return pieces;
}

static void add_fragmented(ext2_filsys fs, struct directory *root, unsigned index, const blk64_t *pieces,
			   unsigned n)
{
	ext2_ino_t goal = EXT2_FIRST_INO(fs->super), number = take_inode(fs, &goal, 0);
	struct ext2_inode inode = {0};
	ext2_extent_handle_t handle;
	char name[32];

	set_extent(&inode, 0, 0);
	write_inode(fs, number, &inode, LINUX_S_IFREG | 0644, 1, (uint64_t)n * PIECE);
	die_if(ext2fs_extent_open2(fs, number, &inode, &handle), "extents");
	for (unsigned i = 0; i < n; i++) {
		struct ext2fs_extent extent = {.e_pblk = pieces[i], .e_lblk = i * PIECE, .e_len = PIECE};

		die_if(ext2fs_extent_insert(handle, i == 0 ? 0 : EXT2_EXTENT_INSERT_AFTER, &extent),
		       "extents");
	}
	die_if(ext2fs_extent_fix_parents(handle), "extents");
	ext2fs_extent_free(handle);
	snprintf(name, sizeof(name), "fragmented%02u", index);
	add_entry(fs, root, number, name, EXT2_FT_REG_FILE);
}

static void fill(ext2_filsys fs, unsigned dirs, unsigned files, unsigned fragmented, unsigned n)
{
	struct directory root;
	struct ext2_inode old;
	ext2_ino_t lost;
	blk64_t *pieces = shuffled_pieces(fs, (size_t)fragmented * n), goal = 0;

	die_if(ext2fs_lookup(fs, EXT2_ROOT_INO, "lost+found", 10, NULL, &lost), "lost+found");
	die_if(ext2fs_read_inode(fs, EXT2_ROOT_INO, &old), "root");
	begin_directory(fs, &root, EXT2_ROOT_INO, EXT2_ROOT_INO);
	add_entry(fs, &root, lost, "lost+found", EXT2_FT_DIR);
	for (unsigned i = 0; i < fragmented; i++)
		add_fragmented(fs, &root, i, pieces + (size_t)i * n, n);
	free(pieces);
	add_directories(fs, &root, dirs, files);
	/* The root gets new blocks; the one that mke2fs gave it is free again. */
	ext2fs_block_alloc_stats2(fs, ((struct ext3_extent *)(old.i_block + 3))->ee_start, -1);
	end_directory(fs, &root, &goal, 3 + dirs);
}

int main(int argc, char **argv)
{
	ext2_filsys fs;

	if (argc != 6) {
		fprintf(stderr, "usage: fill_ext4 IMAGE DIRECTORIES FILES FRAGMENTED PIECES\n");
		return 2;
	}
	initialize_ext2_error_table();
	die_if(ext2fs_open(argv[1], EXT2_FLAG_RW | EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs), argv[1]);
	fs->now = NOW;
	die_if(ext2fs_read_bitmaps(fs), "bitmaps");
	fill(fs, (unsigned)atol(argv[2]), (unsigned)atol(argv[3]), (unsigned)atol(argv[4]),
	     (unsigned)atol(argv[5]));
	die_if(ext2fs_close_free(&fs), argv[1]);
	return 0;
}
