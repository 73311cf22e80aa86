/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file around a saved map: a header, a table of sections with their checksums, the sections. */
#include "layout/saved/format.h"

#include "base/bytes.h"
#include "base/crc.h"
#include "base/openfile.h"
#include "base/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char damaged[] = "is a saved map that is damaged: %s";

/* Extents are used as they lie in the file. */
static bool is_little_endian(void)
{
	return le32(&(uint32_t){1}) == 1;
}

static uint32_t checksum(const void *bytes, size_t len)
{
	return ~crc32c_update(UINT32_MAX, bytes, len);
}

static bool has_magic(int fd)
{
	char head[SAVED_MAGIC_LEN];

	return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       memcmp(head, SAVED_MAGIC, SAVED_MAGIC_LEN) == 0;
}

bool saved_is(const char *path)
{
	struct stat st;
	struct err why;
	bool is = false;
	int fd = file_open(path, FILE_DISK, &why);

	if (fd >= 0) {
		is = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && has_magic(fd);
		close(fd);
	}
	return is;
}

int saved_begin(struct map *map, struct err *err)
{
	if (map->saved == NULL && (map->saved = calloc(1, sizeof(*map->saved))) == NULL)
		return err_nomem(err);
	return 0;
}

void saved_free(struct map *map)
{
	if (map->saved == NULL)
		return;
	VEC_FREE(&map->saved->fingerprints);
	if (map->saved->bytes != NULL)
		munmap((void *)map->saved->bytes, map->saved->len);
	free(map->saved->of);
	free(map->saved);
	map->saved = NULL;
}

bool saved_is_map(const struct map *map)
{
	return map->saved != NULL && map->saved->bytes != NULL;
}

const char *saved_of(const struct map *map)
{
	return map->saved != NULL ? map->saved->of : NULL;
}

/* --- writing --- */

static uint64_t aligned(uint64_t at)
{
	return (at + SAVED_ALIGN - 1) / SAVED_ALIGN * SAVED_ALIGN;
}

static void pack_head(struct text *head, const struct saved_out *out)
{
	uint64_t at = aligned(SAVED_HEADER + SAVED_SECTIONS * SAVED_ENTRY), len = at;
	struct text table = {0};

	for (unsigned i = 0; i < SAVED_SECTIONS; i++) {
		const struct text *section = &out->sections[i];

		pack_u32(&table, i);
		pack_u32(&table, checksum(section->at, section->n));
		pack_u64(&table, len);
		pack_u64(&table, section->n);
		len = aligned(len + section->n);
	}
	text_add(head, SAVED_MAGIC, SAVED_MAGIC_LEN);
	pack_u32(head, SAVED_VERSION);
	pack_u32(head, SAVED_SECTIONS);
	pack_u64(head, len);
	pack_u32(head, checksum(table.at, table.n));
	pack_u32(head, checksum(head->at, head->n));
	text_add(head, table.at, table.n);
	head->short_of_memory |= table.short_of_memory;
	text_free(&table);
}

static int write_aligned(struct outfile *file, const struct text *text, struct err *err)
{
	static const char zeroes[SAVED_ALIGN];

	if (text->short_of_memory)
		return err_nomem(err);
	if (outfile_write(file, text->at, text->n, err) != 0)
		return -1;
	return outfile_write(file, zeroes, (size_t)(aligned(text->n) - text->n), err);
}

static int write_all(struct outfile *file, const struct saved_out *out, struct err *err)
{
	struct text head = {0};
	int result;

	pack_head(&head, out);
	result = write_aligned(file, &head, err);
	for (unsigned i = 0; result == 0 && i < SAVED_SECTIONS; i++)
		result = write_aligned(file, &out->sections[i], err);
	text_free(&head);
	return result;
}

int saved_write(struct map *map, const char *path, const struct outfile_options *output, struct err *err)
{
	struct saved_out out = {0};
	struct outfile file;
	int result;

	if (!is_little_endian())
		return err_set(err, "maps cannot be saved on this machine, whose byte order is not theirs");
	if (outfile_open(&file, path, output, err) != 0)
		return -1;
	result = saved_begin(map, err);
	if (result == 0)
		result = saved_take_fingerprints(map, err);
	if (result == 0)
		result = saved_put_map(&out, map, err);
	if (result == 0)
		result = write_all(&file, &out, err);
	result = result == 0 ? outfile_commit(&file, err) : (outfile_abandon(&file), -1);
	for (unsigned i = 0; i < SAVED_SECTIONS; i++)
		text_free(&out.sections[i]);
	return result;
}

/* --- reading --- */

const uint8_t *saved_items(struct saved_in *in, enum saved_section section, size_t size, uint64_t first,
			   uint64_t n)
{
	uint64_t has = in->sections[section].len / size;

	if (in->tree.bad || first > has || n > has - first) {
		in->tree.bad = true;
		return NULL;
	}
	return in->sections[section].at + first * size;
}

static int read_section(struct saved_in *in, unsigned i, struct err *err)
{
	const uint8_t *entry = in->bytes + SAVED_HEADER + (size_t)i * SAVED_ENTRY;
	uint64_t at = le64(entry + 8), len = le64(entry + 16);

	if (le32(entry) != i || at % SAVED_ALIGN != 0 || at > in->len || len > in->len - at)
		return err_set(err, damaged, "its table of sections makes no sense");
	if (checksum(in->bytes + at, len) != le32(entry + 4))
		return err_set(err, "is a saved map that is damaged: section %u has a wrong checksum", i);
	in->sections[i].at = in->bytes + at;
	in->sections[i].len = len;
	return 0;
}

static int read_head(struct saved_in *in, struct err *err)
{
	const uint8_t *head = in->bytes;

	if (in->len < SAVED_HEADER || checksum(head, SAVED_HEADER - 4) != le32(head + SAVED_HEADER - 4))
		return err_set(err, damaged, "its header has a wrong checksum");
	in->version = le32(head + 8);
	if (in->version == 0 || in->version > SAVED_VERSION)
		return err_set(err, "is a saved map of version %u; this blkmap knows versions up to %d",
			       in->version, SAVED_VERSION);
	if (le64(head + 16) != in->len)
		return err_set(err, damaged, "it is not as long as its header says");
	if (le32(head + 12) != SAVED_SECTIONS || in->len < SAVED_HEADER + SAVED_SECTIONS * SAVED_ENTRY ||
	    checksum(head + SAVED_HEADER, SAVED_SECTIONS * SAVED_ENTRY) != le32(head + 24))
		return err_set(err, damaged, "its table of sections makes no sense");
	for (unsigned i = 0; i < SAVED_SECTIONS; i++)
		if (read_section(in, i, err) != 0)
			return -1;
	return 0;
}

static int read_all(int fd, uint8_t *at, size_t len, struct err *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t got = pread(fd, at + done, len - done, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, "cannot read: %s", strerror(errno));
		if (got == 0)
			return err_set(err, damaged, "it became shorter while it was read");
		done += (size_t)got;
	}
	return 0;
}

/* Takes a copy: what is checked once is what is used, whatever happens to the file. */
static int copy_file(struct saved_in *in, int fd, struct err *err)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) != 0)
		return err_set(err, "cannot open: %s", strerror(errno));
	at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return err_set(err, "cannot keep in memory: %s", strerror(errno));
	in->bytes = at;
	in->len = (size_t)st.st_size;
	in->map->saved->bytes = at;
	in->map->saved->len = in->len;
	if (read_all(fd, at, in->len, err) != 0)
		return -1;
	return mprotect(at, in->len, PROT_READ) == 0
		   ? 0
		   : err_set(err, "cannot keep in memory: %s", strerror(errno));
}

static int take_file(struct saved_in *in, const char *path, struct err *err)
{
	int fd = file_open(path, FILE_DISK, err), status;

	if (fd < 0)
		return -1;
	status = copy_file(in, fd, err);
	close(fd);
	return status;
}

static int read_map(struct saved_in *in, const char *path, struct err *err)
{
	in->map->path = strdup(path);
	if (in->map->path == NULL)
		return err_nomem(err);
	if (take_file(in, path, err) != 0 || read_head(in, err) != 0)
		return -1;
	in->tree.at = in->sections[SAVED_TREE].at;
	in->tree.end = in->tree.at + in->sections[SAVED_TREE].len;
	if (saved_get_map(in, err) != 0)
		return -1;
	if (in->lacks != NULL)
		return err_set(err,
			       "is a saved map with regions of kind %.*s, which this blkmap does not know",
			       (int)in->lacks_len, in->lacks);
	if (in->tree.bad || in->tree.at != in->tree.end || !saved_is_sound(in->map))
		return err_set(err, damaged, "what it says makes no sense");
	for (size_t i = 0; i < in->map->spaces.n; i++)
		if (extents_make_index(&in->map->spaces.at[i]->extents, in->map->spaces.at[i]->sectors) != 0)
			return err_nomem(err);
	return 0;
}

int saved_open(struct map **result, const char *path, struct err *err)
{
	struct saved_in in = {.map = calloc(1, sizeof(*in.map))};

	if (in.map == NULL)
		return err_nomem(err);
	if (saved_begin(in.map, err) != 0 ||
	    (!is_little_endian() ? err_set(err, "is a saved map, which this machine cannot use")
				 : read_map(&in, path, err)) != 0) {
		map_close(in.map);
		return -1;
	}
	*result = in.map;
	return 0;
}
