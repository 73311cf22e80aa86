/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and directories: entries of 32 bytes, in front of which stand those of a long name.  All files are
   found first, then they get their indices, and then their chains of clusters are claimed. */
#include "layout/fat/fat_private.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY 32
#define ATTR_LABEL 0x08
#define ATTR_DIRECTORY 0x10
#define ATTR_LONG 0x0f
#define LONG_PARTS 20
#define LONG_UNITS (13 * LONG_PARTS)
#define NAME_MAX_BYTES 255

/* While directories are read. */
struct reader {
	struct fat *fat;
	VEC(struct fat_file) files; /* [0] is the root */
	VEC(char) names;
	uint16_t units[LONG_UNITS]; /* the long name that is being put together, in UTF-16 */
	unsigned next;              /* its next part's number, counting down; 0 when it is whole */
	unsigned parts;
	uint8_t sum;        /* of the short name that it belongs to */
	uint32_t directory; /* which file's entries these are */
	bool failed;
};

static bool reach(struct fat *fat, uint32_t cluster)
{
	uint8_t bit = (uint8_t)(1u << cluster % 8);

	if ((fat->reached[cluster / 8] & bit) != 0)
		return false;
	fat->reached[cluster / 8] |= bit;
	return true;
}

static uint8_t short_sum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + name[i]);
	return sum;
}

static void take_long_part(struct reader *reader, const uint8_t *entry)
{
	static const uint8_t places[13] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	unsigned number = entry[0] & 0x1f;

	if ((entry[0] & 0x40) != 0) {
		reader->parts = reader->next = number <= LONG_PARTS ? number : 0;
		reader->sum = entry[13];
	}
	if (number == 0 || number != reader->next || entry[13] != reader->sum) {
		reader->parts = reader->next = 0;
		return;
	}
	for (int i = 0; i < 13; i++)
		reader->units[(number - 1) * 13 + (unsigned)i] = le16(entry + places[i]);
	reader->next--;
}

static size_t put_utf8(uint32_t code, char *to)
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Half of a pair that stands alone becomes bytes that are no UTF-8, so that it is told as bytes. */
static size_t long_name(const struct reader *reader, char *name)
{
	size_t len = 0;

	for (unsigned i = 0; i < reader->parts * 13 && reader->units[i] != 0 && len + 4 <= NAME_MAX_BYTES;
	     i++) {
		uint32_t code = reader->units[i];

		if (code >= 0xd800 && code < 0xdc00 && i + 1 < reader->parts * 13 &&
		    reader->units[i + 1] >= 0xdc00 && reader->units[i + 1] < 0xe000)
			code = 0x10000 + ((code - 0xd800) << 10) + (reader->units[++i] - 0xdc00u);
		len += put_utf8(code, name + len);
	}
	return len;
}

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter + 'a' - 'A') : letter;
}

/* Eight and three characters; bits say that one of the two is in small letters. */
static size_t short_name(const uint8_t *entry, char *name)
{
	size_t len = 0;
	int base = 8, extension = 3;

	while (base > 0 && entry[base - 1] == ' ')
		base--;
	while (extension > 0 && entry[8 + extension - 1] == ' ')
		extension--;
	for (int i = 0; i < base; i++)
		name[len++] = (entry[12] & 0x08) != 0 ? lower((char)entry[i]) : (char)entry[i];
	if (len > 0 && entry[0] == 0x05)
		name[0] = (char)0xe5;
	if (extension > 0)
		name[len++] = '.';
	for (int i = 0; i < extension; i++)
		name[len++] = (entry[12] & 0x10) != 0 ? lower((char)entry[8 + i]) : (char)entry[8 + i];
	return len;
}

static void take_file(struct reader *reader, const uint8_t *entry)
{
	struct fat *fat = reader->fat;
	uint32_t high = fat->geometry.bits == 32 ? le16(entry + 20) : 0;
	struct fat_file file = {.first = high << 16 | le16(entry + 26), .parent = reader->directory};
	char name[NAME_MAX_BYTES + 1];
	bool is_long = reader->parts > 0 && reader->next == 0 && reader->sum == short_sum(entry);

	file.directory = (entry[11] & ATTR_DIRECTORY) != 0;
	file.name_len = (uint32_t)(is_long ? long_name(reader, name) : short_name(entry, name));
	file.name = (uint32_t)reader->names.n;
	if (file.first != 0 && !fat_is_cluster(fat, file.first)) {
		fat_note(fat, "a file begins with cluster %" PRIu32 ", which there is not", file.first);
		file.first = 0;
	}
	if (reader->names.n > UINT32_MAX / 2 || reader->files.n > UINT32_MAX / 2)
		return;
	for (uint32_t i = 0; i < file.name_len; i++)
		reader->failed |= VEC_PUSH(&reader->names, name[i]) != 0;
	reader->failed |= VEC_PUSH(&reader->files, file) != 0;
}

/* False at the end of the directory. */
static bool take_entries(struct reader *reader, const uint8_t *bytes, size_t len)
{
	for (const uint8_t *entry = bytes; entry < bytes + len; entry += ENTRY) {
		if (entry[0] == 0)
			return false;
		if (entry[0] == 0xe5) {
			reader->parts = reader->next = 0;
			continue;
		}
		if ((entry[11] & 0x3f) == ATTR_LONG) {
			take_long_part(reader, entry);
			continue;
		}
		if ((entry[11] & ATTR_LABEL) == 0 && entry[0] != '.')
			take_file(reader, entry);
		reader->parts = reader->next = 0;
	}
	return true;
}

static bool read_part(struct reader *reader, uint64_t sector, uint32_t sectors, uint8_t *buf)
{
	struct err why;

	if (space_read(reader->fat->fs.space, sector * 512, buf, (size_t)sectors * 512, &why) != 0) {
		fat_note(reader->fat, "a directory cannot be read: %s", why.text);
		return false;
	}
	return take_entries(reader, buf, (size_t)sectors * 512);
}

/* Ends because each cluster is entered once, whatever the table says. */
static void read_chain(struct reader *reader, uint32_t cluster, uint8_t *buf)
{
	struct fat *fat = reader->fat;
	bool more = true;
	uint32_t next;

	for (; fat_is_cluster(fat, cluster) && reach(fat, cluster); cluster = next) {
		more = more && read_part(reader, fat_sector(fat, cluster), fat->geometry.cluster, buf);
		if (fat_entry(fat, cluster, &next) != FAT_NEXT)
			return;
	}
}

static void read_directory(struct reader *reader, uint32_t index, uint8_t *buf)
{
	struct fat *fat = reader->fat;
	const struct fat_geometry *geometry = &fat->geometry;

	reader->directory = index;
	reader->parts = reader->next = 0;
	if (index > 0 || geometry->bits == 32) {
		read_chain(reader, reader->files.at[index].first, buf);
		return;
	}
	for (uint32_t at = 0; at < geometry->root; at += geometry->sector)
		if (!read_part(reader, geometry->root_start + at, geometry->sector, buf))
			return;
}

static int find_files(struct reader *reader, struct err *err)
{
	const struct fat_geometry *geometry = &reader->fat->geometry;
	struct fat_file root = {.directory = true,
				.first = geometry->bits == 32 ? geometry->root_cluster : FAT_ROOT};
	uint8_t *buf = malloc((size_t)geometry->cluster * 512);

	reader->failed = buf == NULL || VEC_PUSH(&reader->files, root) != 0;
	for (uint32_t i = 0; !reader->failed && i < reader->files.n; i++)
		if (reader->files.at[i].directory)
			read_directory(reader, i, buf);
	free(buf);
	return reader->failed ? err_nomem(err) : 0;
}

static int by_first(const void *left, const void *right)
{
	const struct fat_file *a = *(const struct fat_file *const *)left,
			      *b = *(const struct fat_file *const *)right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Indices in the order of first clusters, so that they are in the order of the numbers that users see. */
static int number_files(struct reader *reader, struct err *err)
{
	struct fat *fat = reader->fat;
	struct fat_file **order = calloc(reader->files.n, sizeof(struct fat_file *));
	bool failed = order == NULL;

	for (size_t i = 0; !failed && i < reader->files.n; i++)
		order[i] = &reader->files.at[i];
	if (!failed)
		qsort(order, reader->files.n, sizeof(*order), by_first);
	for (size_t i = 0; !failed && i < reader->files.n; i++) {
		order[i]->index = (uint32_t)i + 1;
		failed = VEC_PUSH(&fat->first, order[i]->first) != 0;
	}
	free(order);
	failed =
	    failed || file_names_init(&fat->names, (uint32_t)reader->files.n, reader->files.at[0].index) != 0;
	for (size_t i = 1; !failed && i < reader->files.n; i++) {
		const struct fat_file *file = &reader->files.at[i];

		failed = file_names_add(&fat->names, reader->files.at[file->parent].index, file->index,
					reader->names.at + file->name, file->name_len) != 0;
	}
	return failed ? err_nomem(err) : 0;
}

static void claim_run(struct fat *fat, const struct fat_file *file, uint32_t cluster, uint32_t count,
		      uint32_t place)
{
	space_claim_as(fat->fs.space, (struct claim){
					  .start = fat_sector(fat, cluster),
					  .count = (uint64_t)count * fat->geometry.cluster,
					  .rank = RANK_CONTENT,
					  .kind = file->directory ? KIND_DIRECTORY : KIND_FILE_DATA,
					  .owner = file->index,
					  .arg = place,
				      });
}

/* A file's clusters, in runs.  Those of directories have been entered; a file's are now: where one has been,
   files are linked across, and the first one has it. */
static void claim_chain(struct fat *fat, const struct fat_file *file)
{
	uint32_t cluster = file->first, place = 0, begin = cluster, count = 0, next;
	enum fat_entry entry = FAT_NEXT;

	for (; entry == FAT_NEXT && place < fat->geometry.clusters; cluster = next, place++) {
		if (!fat_is_cluster(fat, cluster) || (!file->directory && !reach(fat, cluster))) {
			fat_note(fat,
				 "the file that begins with cluster %" PRIu32 ": cluster %" PRIu32
				 " is another's, or there is none",
				 file->first, cluster);
			break;
		}
		if (cluster != begin + count) {
			claim_run(fat, file, begin, count, place - count);
			begin = cluster;
			count = 0;
		}
		count++;
		entry = fat_entry(fat, cluster, &next);
	}
	claim_run(fat, file, begin, count, place - count);
}

int fat_map_files(struct fat *fat, struct err *err)
{
	struct reader reader = {.fat = fat};
	int result = find_files(&reader, err);

	if (result == 0)
		result = number_files(&reader, err);
	for (size_t i = 0; result == 0 && i < reader.files.n; i++) {
		const struct fat_file *file = &reader.files.at[i];

		if (i == 0 && fat->geometry.bits != 32)
			space_claim_as(fat->fs.space, (struct claim){
							  .start = fat->geometry.root_start,
							  .count = fat->geometry.root,
							  .rank = RANK_CONTENT,
							  .kind = KIND_DIRECTORY,
							  .owner = file->index,
						      });
		else if (file->first != 0)
			claim_chain(fat, file);
	}
	VEC_FREE(&reader.files);
	VEC_FREE(&reader.names);
	return result;
}
