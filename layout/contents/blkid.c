/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What blkmap has no driver for, libblkid names: the whole space becomes one opaque region with its
   type, label and UUID.  The only file that includes libblkid.

   libblkid reads from a file descriptor, which a space has not, so it gets a file in memory with holes,
   which holds the beginning and the end of the space: all known superblocks lie there. */
#include "base/size.h"
#include "layout/contents/known.h"
#include "layout/contents/parts.h"
#include "layout/drivers.h"

#include <blkid/blkid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD_BYTES (UINT64_C(2) << 20)
#define TAIL_BYTES (UINT64_C(1) << 20)
#define COPY_BYTES 65536u

/* Bytes of a space that libblkid is asked about. */
struct range {
	const struct space *space;
	uint64_t start, bytes;
};

/* Copies a part of a range; sectors that cannot be read stay holes. */
static int copy_part(const struct range *range, int fd, uint64_t from, uint64_t to)
{
	static const uint8_t zeroes[COPY_BYTES];
	uint8_t buf[COPY_BYTES];
	struct err why;

	for (uint64_t at = from, n; at < to; at += n) {
		n = to - at < COPY_BYTES ? to - at : COPY_BYTES;
		if (space_read(range->space, range->start + at, buf, (size_t)n, &why) != 0 ||
		    memcmp(buf, zeroes, (size_t)n) == 0)
			continue;
		if (pwrite(fd, buf, (size_t)n, (off_t)at) != (ssize_t)n)
			return -1;
	}
	return 0;
}

/* The range's ends as a file; -1 when there is no room for one. */
static int open_copy(const struct range *range)
{
	uint64_t bytes = range->bytes;
	uint64_t head = bytes < HEAD_BYTES ? bytes : HEAD_BYTES;
	uint64_t tail = bytes - head < TAIL_BYTES ? bytes - head : TAIL_BYTES;
	int fd = memfd_create("blkmap-probe", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)bytes) == 0 && copy_part(range, fd, 0, head) == 0 &&
	    copy_part(range, fd, bytes - tail, bytes) == 0)
		return fd;
	close(fd);
	return -1;
}

static blkid_probe new_probe(int fd, const struct range *range)
{
	blkid_probe probe = blkid_new_probe();

	if (probe == NULL)
		return NULL;
	if (blkid_probe_set_device(probe, fd, 0, (blkid_loff_t)range->bytes) != 0) {
		blkid_free_probe(probe);
		return NULL;
	}
	blkid_probe_enable_partitions(probe, 0);
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
						     BLKID_SUBLKS_VERSION | BLKID_SUBLKS_USAGE);
	return probe;
}

static void copy_value(blkid_probe probe, const char *name, char *out, size_t len)
{
	const char *value;

	if (blkid_probe_lookup_value(probe, name, &value, NULL) == 0)
		snprintf(out, len, "%s", value);
}

static void describe(blkid_probe probe, struct content *content)
{
	copy_value(probe, "TYPE", content->type, sizeof(content->type));
	copy_value(probe, "LABEL", content->label, sizeof(content->label));
	copy_value(probe, "UUID", content->uuid, sizeof(content->uuid));
	copy_value(probe, "VERSION", content->detail, sizeof(content->detail));
}

/* Several superblocks, of which libblkid will not choose one: the first is taken, all are named in
   `types`. */
static bool describe_ambivalent(const struct range *range, int fd, struct content *content, char *types,
				size_t len)
{
	blkid_probe probe = new_probe(fd, range);
	size_t used = 0;
	bool any = false;

	if (probe == NULL)
		return false;
	while (blkid_do_probe(probe) == 0) {
		char type[24] = "";

		copy_value(probe, "TYPE", type, sizeof(type));
		if (type[0] != '\0' && used < len)
			used += (size_t)snprintf(types + used, len - used, "%s%s", any ? ", " : "", type);
		if (type[0] != '\0' && !any)
			describe(probe, content);
		any = any || type[0] != '\0';
	}
	blkid_free_probe(probe);
	return any;
}

/* `types` stays "" where there is no doubt. */
static bool identify(const struct range *range, int fd, struct content *content, char *types, size_t len)
{
	blkid_probe probe = new_probe(fd, range);
	int result;

	memset(content, 0, sizeof(*content));
	types[0] = '\0';
	if (probe == NULL)
		return false;
	result = blkid_do_safeprobe(probe);
	if (result == 0)
		describe(probe, content);
	blkid_free_probe(probe);
	return result == -2 ? describe_ambivalent(range, fd, content, types, len)
			    : result == 0 && content->type[0] != '\0';
}

bool known_content(const struct space *space, uint64_t start, uint64_t count, struct content *content)
{
	struct range range = {space, start << SECTOR_SHIFT, count << SECTOR_SHIFT};
	int fd = open_copy(&range);
	char types[128];
	bool known;

	if (fd < 0)
		return false;
	known = identify(&range, fd, content, types, sizeof(types));
	close(fd);
	return known;
}

/* Tables in partitions lie within their first sectors. */
#define NESTED_BYTES 65536

static void describe_partition(blkid_partition partition, struct known_partition *found)
{
	blkid_parttable table = blkid_partition_get_table(partition);
	blkid_partition outer = table != NULL ? blkid_parttable_get_parent(table) : NULL;
	const char *name = blkid_partition_get_name(partition);
	const char *type = blkid_partition_get_type_string(partition);

	memset(found, 0, sizeof(*found));
	if (table != NULL)
		snprintf(found->table, sizeof(found->table), "%s", blkid_parttable_get_type(table));
	found->number = (unsigned)blkid_partition_get_partno(partition);
	found->outer = outer != NULL ? (unsigned)blkid_partition_get_partno(outer) : 0;
	found->start = (uint64_t)blkid_partition_get_start(partition);
	found->count = (uint64_t)blkid_partition_get_size(partition);
	if (type != NULL)
		snprintf(found->about, sizeof(found->about), "type %s", type);
	else
		snprintf(found->about, sizeof(found->about), "type 0x%02x",
			 (unsigned)blkid_partition_get_type(partition));
	if (name != NULL && name[0] != '\0')
		snprintf(found->about, sizeof(found->about), "name %s", name);
}

static size_t list_partitions(blkid_probe probe, char table[16], struct known_partition *found, size_t max)
{
	blkid_partlist list = blkid_probe_get_partitions(probe);
	int all = list != NULL ? blkid_partlist_numof_partitions(list) : 0;
	size_t n = 0;

	for (int i = 0; i < all && n < max; i++) {
		describe_partition(blkid_partlist_get_partition(list, i), &found[n]);
		if (found[n].outer == 0)
			snprintf(table, 16, "%s", found[n].table);
		n++;
	}
	return n;
}

size_t known_partitions(const struct space *space, const uint64_t *starts, size_t nstarts, char table[16],
			struct known_partition *found, size_t max)
{
	struct range range = {space, 0, space_bytes(space)};
	int fd = open_copy(&range);
	blkid_probe probe;
	size_t n = 0;

	table[0] = '\0';
	if (fd < 0)
		return 0;
	for (size_t i = 0; i < nstarts; i++)
		if (starts[i] < space->sectors && space->sectors - starts[i] >= NESTED_BYTES / SECTOR_SIZE &&
		    copy_part(&range, fd, starts[i] << SECTOR_SHIFT,
			      (starts[i] << SECTOR_SHIFT) + NESTED_BYTES) != 0)
			nstarts = i;
	probe = new_probe(fd, &range);
	if (probe != NULL) {
		blkid_probe_enable_superblocks(probe, 0);
		blkid_probe_enable_partitions(probe, 1);
		n = list_partitions(probe, table, found, max);
		blkid_free_probe(probe);
	}
	close(fd);
	return n;
}

static int blkid_map(struct map *map, struct space *space, struct err *err)
{
	struct range range = {space, 0, space_bytes(space)};
	char types[128];
	bool known;
	int fd;

	(void)err;
	if (known_is_ext_backup(space, 0)) {
		map_note(map, space,
			 "begins with a backup superblock of an ext file system that began before it");
		return 0;
	}
	fd = open_copy(&range);
	if (fd < 0) {
		map_note(map, space, "libblkid was not asked: no room for a copy of its superblocks");
		return 0;
	}
	known = identify(&range, fd, &space->content, types, sizeof(types));
	close(fd);
	if (!known)
		return 0;
	if (types[0] != '\0')
		map_note(map, space, "has the signatures of several things (%s); shown as the first", types);
	parts_claim(space);
	return 1;
}

const struct layout_driver driver_blkid = {
    .name = "blkid",
    .map = blkid_map,
};
