/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A device that gives an error for one sector: whichever it is, it is told, it makes nothing damaged, and no
   label that is left is another than without it.  Each sector that the map reads fails in turn; only the
   first and some of the others of each request without the argument --all (tests/safety/unreadable.long). */
#include "base/bytes.h"
#include "layout/map.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECTORS_MAX (1u << 18)

static int64_t bad = -1; /* the sector that fails */
static bool all;         /* every sector */
static int changes = -1; /* after so many reads, somebody writes to the file */
static uint8_t *touched; /* by sector: 1 read, 2 the first of a request; NULL while nothing is written down */

/* In place of the C library's, which pread is with 64-bit offsets. */
ssize_t pread(int fd, void *buf, size_t len, off_t at)
{
	static const struct timespec later[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	uint64_t first = (uint64_t)at >> 9, end = ((uint64_t)at + len + 511) >> 9;

	if (changes >= 0 && changes-- == 0)
		(void)!futimens(fd, later);
	if (bad >= 0 && first <= (uint64_t)bad && (uint64_t)bad < end) {
		errno = EIO;
		return -1;
	}
	for (uint64_t i = first; touched != NULL && i < end && i < SECTORS_MAX; i++)
		touched[i] = i == first ? 2 : touched[i] ? touched[i] : 1;
	return syscall(SYS_pread64, fd, buf, len, at);
}

struct label {
	uint64_t start, count;
	const char *space;
	enum kind kind;
};

struct labels {
	struct label *at;
	size_t n;
};

static struct labels labels_of(const struct map *map)
{
	struct labels labels = {.at = NULL};
	struct place place;

	for (uint64_t at = 0; at < map_disk(map)->sectors; at += place.count) {
		map_find(map, at, &place);
		labels.at = realloc(labels.at, (labels.n + 1) * sizeof(*labels.at));
		labels.at[labels.n++] = (struct label){at, place.count, space_name(place.space), place.kind};
	}
	return labels;
}

static bool has_note(const struct map *map, const char *text)
{
	for (size_t i = 0; i < map->notes.n; i++)
		if (strstr(map->notes.at[i].text, text) != NULL)
			return true;
	return false;
}

/* What is left over may become something else that is left over. */
static bool is_rest(enum kind kind)
{
	return kind == KIND_UNKNOWN || kind == KIND_UNREADABLE || kind == KIND_GAP || kind == KIND_OPAQUE;
}

static void compare(const struct labels *good, const struct labels *got, uint64_t sector, bool older)
{
	for (size_t i = 0, j = 0; i < good->n && j < got->n;) {
		const struct label *a = &good->at[i], *b = &got->at[j];

		if (a->kind != b->kind && !is_rest(b->kind) && !older)
			fail_msg("sector %llu is bad: %llu is %s, and was %s", (unsigned long long)sector,
				 (unsigned long long)b->start, kind_name(b->kind), kind_name(a->kind));
		if (b->start <= sector && sector < b->start + b->count && is_rest(b->kind) &&
		    b->kind != KIND_UNREADABLE)
			fail_msg("sector %llu is bad, and called %s", (unsigned long long)sector,
				 kind_name(b->kind));
		uint64_t end = a->start + a->count, got_end = b->start + b->count;

		i += end <= got_end;
		j += got_end <= end;
	}
}

static void check_sector(const char *path, const struct map *good, const struct labels *labels,
			 uint64_t sector)
{
	struct map *map;
	struct labels got;
	struct err err;
	char text[64];

	bad = (int64_t)sector;
	if (map_open(&map, path, NULL, &err) != 0) {
		bad = -1;
		if (sector != 0 || strstr(err.text, "Input/output error") == NULL)
			fail_msg("sector %llu is bad: %s", (unsigned long long)sector, err.text);
		return;
	}
	bad = -1;
	snprintf(text, sizeof(text), "disk: sectors %llu+1 cannot be read (Input/output error)",
		 (unsigned long long)sector);
	if (!has_note(map, text))
		fail_msg("no note '%s'", text);
	/* What a journal is partly replayed over is of two times, and checksums tell that. */
	for (size_t i = 0; i < map->notes.n && !has_note(map, "labels may be older"); i++)
		if ((strstr(map->notes.at[i].text, "checksum") || strstr(map->notes.at[i].text, "damaged")) &&
		    !has_note(good, map->notes.at[i].text))
			fail_msg("sector %llu is bad: %s", (unsigned long long)sector, map->notes.at[i].text);
	got = labels_of(map);
	compare(labels, &got, sector, has_note(map, "labels may be older"));
	free(got.at);
	map_close(map);
}

static void check_image(const char *source)
{
	char path[] = "/tmp/blkmap-unreadable-XXXXXX", command[256];
	uint8_t *reads = calloc(1, SECTORS_MAX);
	int fd = mkstemp(path);
	struct labels labels;
	struct map *good;
	struct err err;
	size_t tried = 0;

	assert_true(fd >= 0 && reads != NULL);
	snprintf(command, sizeof(command), "xz -dc testdata/%s.img.xz >%s", source, path);
	assert_int_equal(system(command), 0); // NOLINT(cert-env33-c): a test's own words
	touched = reads;
	if (map_open(&good, path, NULL, &err) != 0)
		fail_msg("%s: %s", source, err.text);
	touched = NULL;
	labels = labels_of(good);
	for (uint64_t sector = 0; sector < SECTORS_MAX && sector < map_disk(good)->sectors; sector++)
		if (reads[sector] == 2 || (reads[sector] == 1 && (all || sector % 61 == 0))) {
			check_sector(path, good, &labels, sector);
			tried++;
		}
	assert_true(tried > 10);
	free(labels.at);
	map_close(good);
	free(reads);
	close(fd);
	unlink(path);
}

#define IMAGE_TEST(name, source)                                                                             \
	static void name(void **state)                                                                       \
	{                                                                                                    \
		(void)state;                                                                                 \
		check_image(source);                                                                         \
	}

IMAGE_TEST(mbr_with_ext2, "qtrace/N-fs-10M.after")
IMAGE_TEST(lvm_with_ext4, "qtrace/lv-ext4-4k-write-hello.after")
IMAGE_TEST(gpt, "images/gpt-512")
IMAGE_TEST(ext4_with_large_directories, "images/ext4-large-dir")
IMAGE_TEST(ext4_whose_journal_is_replayed, "images/ext4-dirty")
IMAGE_TEST(lvm_thin, "lvm/thin")
IMAGE_TEST(lvm_raid, "lvm/raid-ext4")
IMAGE_TEST(mbr_with_logical_partitions, "images/mbr-logical")
IMAGE_TEST(md_linear, "md/md-linear-parts")

static void a_disk_that_is_written_to_meanwhile_is_noted(void **state)
{
	static const char note[] = "was written to while it was read";
	char path[] = "/tmp/blkmap-unreadable-XXXXXX";
	int fd = mkstemp(path);
	struct map *map;
	struct err err;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 1 << 20), 0);
	assert_int_equal(map_open(&map, path, NULL, &err), 0);
	assert_false(has_note(map, note));
	map_close(map);
	changes = 5;
	assert_int_equal(map_open(&map, path, NULL, &err), 0);
	assert_true(has_note(map, note));
	map_close(map);
	changes = -1;
	close(fd);
	unlink(path);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mbr_with_ext2),
	    cmocka_unit_test(lvm_with_ext4),
	    cmocka_unit_test(gpt),
	    cmocka_unit_test(ext4_with_large_directories),
	    cmocka_unit_test(ext4_whose_journal_is_replayed),
	    cmocka_unit_test(lvm_thin),
	    cmocka_unit_test(lvm_raid),
	    cmocka_unit_test(mbr_with_logical_partitions),
	    cmocka_unit_test(md_linear),
	    cmocka_unit_test(a_disk_that_is_written_to_meanwhile_is_noted),
	};

	all = argc > 1 && strcmp(argv[1], "--all") == 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
