/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names, from the directories' blocks, read once in the order in which they lie on the disk.  The
   index blocks of hashed directories look like blocks of empty entries, so they need no care. */
#include "base/bytes.h"
#include "layout/ext/ext_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX (1u << 20)
#define XATTR_MAGIC 0xea020000

static bool is_dot(const uint8_t *name, size_t len)
{
	return (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.');
}

/* rec_len cannot say 65536, nor can 0 be a length. */
static uint32_t record_len(const struct ext *ext, uint32_t len)
{
	if (ext->block_size < 65536)
		return len;
	if (len == 65535 || len == 0)
		return ext->block_size;
	return (len & 65532) | (len & 3) << 16;
}

typedef void entry_taker(struct ext *ext, uint32_t dir, uint32_t inode, const char *name, size_t len);

static void name_inode(struct ext *ext, uint32_t dir, uint32_t inode, const char *name, size_t len)
{
	if (file_names_add(&ext->names, dir, inode, name, len) != 0)
		ext->found->short_of_memory = true;
}

/* While inodes are scanned, the table of names is not there for all threads. */
static void keep_name(struct ext *ext, uint32_t dir, uint32_t inode, const char *name, size_t len)
{
	ext_found_name(ext->found, dir, inode, name, len);
}

/* An entry of `size` bytes. */
static void take_entry(struct ext *ext, uint32_t dir, const struct ext_naming *naming, const uint8_t *entry,
		       size_t size, entry_taker *take)
{
	char nokey[EXT_NOKEY_MAX];
	size_t len;

	if (!naming->encrypted) {
		take(ext, dir, le32(entry), (const char *)entry + 8, entry[6]);
		return;
	}
	len = ext_nokey_name(ext, naming, entry, size, nokey);
	take(ext, dir, le32(entry), nokey, len);
}

/* The entries of a block, or of an inline directory's part.  False where they stop making sense. */
static bool read_entries(struct ext *ext, uint32_t dir, const struct ext_naming *naming, const uint8_t *bytes,
			 size_t len, entry_taker *take)
{
	size_t at = 0;

	while (len - at >= 8) {
		const uint8_t *entry = bytes + at;
		uint32_t inode = le32(entry), size = record_len(ext, le16(entry + 4)), name_len = entry[6];

		if (size < 8 || size % 4 != 0 || size > len - at || (inode != 0 && name_len + 8 > size))
			return false;
		if (inode > ext->inodes)
			return false;
		if (inode != 0 && !is_dot(entry + 8, name_len))
			take_entry(ext, dir, naming, entry, size, take);
		at += size;
	}
	return true;
}

bool ext_read_entries(struct ext *ext, uint32_t dir, const uint8_t *bytes, size_t len)
{
	static const struct ext_naming plain;

	return read_entries(ext, dir, &plain, bytes, len, keep_name);
}

static void read_run(struct ext *ext, const struct ext_dir_run *run, uint8_t *buf)
{
	uint32_t most = READ_MAX / ext->block_size, n;
	struct err why;

	for (uint32_t at = 0; at < run->count && !ext_is_full(ext); at += n) {
		n = run->count - at < most ? run->count - at : most;
		bool whole = ext_read_blocks(ext, run->block + at, buf, n, &why) == 0;

		if (!whole)
			ext_note(ext, "inode %" PRIu32 ": directory cannot be read: %s", run->inode,
				 why.text);
		if (!whole && why.errnum == 0)
			return;
		for (uint32_t i = 0; i < n; i++) {
			uint8_t *bytes = buf + (size_t)i * ext->block_size;

			if (!whole && ext_read_blocks(ext, run->block + at + i, bytes, 1, &why) != 0)
				continue;
			ext_check_directory(ext, run, run->block + at + i, bytes);
			if (!read_entries(ext, run->inode, &run->naming, bytes, ext->block_size, name_inode))
				ext_note(ext, "inode %" PRIu32 ": damaged directory block %" PRIu64,
					 run->inode, run->block + at + i);
		}
	}
}

static int compare_runs(const void *left, const void *right)
{
	const struct ext_dir_run *a = left, *b = right;

	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

/* A sound directory shares no block: what an earlier run has read is left out, so that every block is
   read at most once. */
static void read_new_part(struct ext *ext, struct ext_dir_run run, uint64_t *done, uint8_t *buf)
{
	uint64_t end = run.block + run.count;

	if (end <= *done)
		return;
	if (run.block < *done) {
		run.count = (uint32_t)(end - *done);
		run.block = *done;
	}
	*done = end;
	read_run(ext, &run, buf);
}

#define STEPS_MAX (1u << 24) /* that many directories of a depth that anybody has */

/* One note, however many directories lie below the first that is found too deep. */
static void note_depth(struct ext *ext)
{
	uint64_t steps = STEPS_MAX;

	for (size_t i = 0; i < ext->found->dirs.n && steps > 0; i++)
		if (file_names_is_too_deep(&ext->names, ext->found->dirs.at[i].inode, &steps)) {
			ext_note(ext,
				 "inode %" PRIu32
				 " and perhaps others lie more than 4096 directories deep; such"
				 " files are shown without a path",
				 ext->found->dirs.at[i].inode);
			return;
		}
}

int ext_read_dirs(struct ext *ext, struct err *err)
{
	uint64_t done = 0;
	uint8_t *buf = malloc(READ_MAX > ext->block_size ? READ_MAX : ext->block_size);

	if (buf == NULL)
		return err_nomem(err);
	if (ext->found->dirs.n > 1)
		qsort(ext->found->dirs.at, ext->found->dirs.n, sizeof(*ext->found->dirs.at), compare_runs);
	for (size_t i = 0; i < ext->found->dirs.n && !ext_is_full(ext); i++)
		read_new_part(ext, ext->found->dirs.at[i], &done, buf);
	free(buf);
	note_depth(ext);
	VEC_FREE(&ext->found->dirs);
	file_names_sort(&ext->names);
	return ext->found->short_of_memory ? err_nomem(err) : 0;
}

/* The value of the "data" attribute (name index 7, "system.") in the inode's own space. */
const uint8_t *ext_inline_value(const struct ext *ext, const struct ext_inode *inode, size_t *len)
{
	size_t start, at;

	if (ext->inode_size <= 128)
		return NULL;
	start = 128 + (size_t)le16(inode->raw + 128) + 4;
	if (start + 16 > ext->inode_size || le32(inode->raw + start - 4) != XATTR_MAGIC)
		return NULL;
	for (at = start; at + 20 <= ext->inode_size && le32(inode->raw + at) != 0;) {
		const uint8_t *entry = inode->raw + at;
		size_t offset = start + le16(entry + 2), size = le32(entry + 8);

		if (entry[0] == 4 && entry[1] == 7 && memcmp(entry + 16, "data", 4) == 0) {
			*len = size;
			return offset <= ext->inode_size && size <= ext->inode_size - offset
				   ? inode->raw + offset
				   : NULL;
		}
		at += (16 + (size_t)entry[0] + 3) & ~(size_t)3;
	}
	return NULL;
}

/* An inline directory: the parent's number, then entries in the rest of i_block and in the attribute. */
void ext_read_inline_dir(struct ext *ext, const struct ext_inode *inode)
{
	const struct ext_naming naming = ext_naming_of(ext, inode);
	const uint8_t *more;
	size_t len = 0;

	if (inode->links == 0)
		return;
	more = ext_inline_value(ext, inode, &len);
	if (!read_entries(ext, inode->number, &naming, inode->raw + 40 + 4, 56, keep_name) ||
	    (more != NULL && len > 0 && !read_entries(ext, inode->number, &naming, more, len, keep_name)))
		ext_note(ext, "inode %" PRIu32 ": damaged inline directory", inode->number);
}
