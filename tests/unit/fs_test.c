/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The door of file systems, by one that exists only here: two layers deep in a partition, with inode numbers
   of more than 32 bits, blocks that are counted backwards, and a block that two files share.

     sector 0      "TOYFS"
     sector 1      the table of inodes, 128 bytes each
     block i       sectors 4 + 4i and three more: file i has its own, and the last one with it is the last
   file's too
*/
#include "layout/fs.h"

#include "analyzer/usage.h"
#include "layout/driver.h"
#include "layout/region.h"
#include "layout/saved/format.h"
#include "analyzer/usage_results.h"
#include "reports/region_json.h"
#include "tests/unit/disk.h"

#define START 64
#define FILES 3
#define BLOCK 4
#define SECTORS (4 + BLOCK * FILES)
#define FIRST_INODE UINT64_C(5000000000)
#define LAST_BLOCK UINT64_C(0x300000000)

struct toy {
	struct fs fs;
	bool anonymous;
};

static uint64_t toy_number(const struct fs *fs, uint32_t owner)
{
	(void)fs;
	return FIRST_INODE + owner;
}

static bool toy_owner(const struct fs *fs, uint64_t number, uint32_t *owner)
{
	(void)fs;
	*owner = (uint32_t)(number - FIRST_INODE);
	return number > FIRST_INODE && number <= FIRST_INODE + FILES;
}

static bool toy_block(const struct fs *fs, uint64_t sector, uint64_t *block)
{
	(void)fs;
	*block = LAST_BLOCK - sector / BLOCK;
	return true;
}

static bool toy_block_sector(const struct fs *fs, uint64_t block, uint64_t *sector)
{
	*sector = (LAST_BLOCK - block) * BLOCK;
	return block <= LAST_BLOCK && *sector < fs->sectors;
}

static bool toy_inodes(const struct fs *fs, const struct extent *extent, uint64_t sector, uint64_t sectors,
		       uint64_t inodes[2])
{
	(void)sector;
	(void)sectors;
	inodes[0] = toy_number(fs, 1);
	inodes[1] = toy_number(fs, FILES);
	return extent->kind == KIND_INODE_TABLE;
}

static bool toy_owner_sector(const struct fs *fs, uint32_t owner, uint64_t *sector)
{
	(void)fs;
	*sector = 1;
	return owner <= FILES;
}

static bool toy_has_path(const struct fs *fs, uint32_t owner)
{
	(void)fs;
	return owner > 0 && owner <= FILES;
}

static bool toy_path(const struct fs *fs, uint32_t owner, char *path, size_t len)
{
	snprintf(path, len, "/%s%u", ((const struct toy *)fs)->anonymous ? "token" : "file", owner);
	return toy_has_path(fs, owner);
}

static int toy_resolve(const struct fs *fs, const char *path, uint32_t *owner, struct err *err)
{
	if (sscanf(path, "/file%u", owner) != 1 || !toy_has_path(fs, *owner))
		return err_set(err, "%s: no such toy", path);
	return 0;
}

static bool toy_log_block(const struct fs *fs, const struct extent *extent, uint64_t sector,
			  struct log_block *entry)
{
	(void)fs;
	*entry = (struct log_block){.type = LOG_DATA, .target = LAST_BLOCK - 1};
	return sector == extent->start;
}

static bool toy_may_share(const struct fs *fs, const struct claim *winner, const struct claim *loser)
{
	(void)fs;
	return winner->kind == KIND_FILE_DATA && loser->kind == KIND_FILE_DATA;
}

static bool toy_identity(const struct fs *fs, struct fs_bytes *bytes)
{
	(void)fs;
	*bytes = (struct fs_bytes){.offset = 0, .len = 5};
	return true;
}

static int toy_save(const struct fs *fs, struct saved_out *out, struct err *err)
{
	(void)err;
	pack_u64(&out->sections[SAVED_TREE], fs->sectors);
	pack_u8(&out->sections[SAVED_TREE], ((const struct toy *)fs)->anonymous);
	return 0;
}

static struct fs *toy_new(struct space *space, uint64_t sectors);

static struct fs *toy_load(struct saved_in *in, struct space *space)
{
	struct fs *fs = toy_new(space, unpack_u64(&in->tree));

	((struct toy *)fs)->anonymous = unpack_u8(&in->tree) != 0;
	return fs;
}

static int toy_anonymize(struct fs *fs, const uint64_t key[2])
{
	(void)key;
	((struct toy *)fs)->anonymous = true;
	return 0;
}

static void toy_free(struct fs *fs)
{
	free(fs);
}

static const struct fs_ops toy_ops = {
    .name = "toy",
    .block = toy_block,
    .block_sector = toy_block_sector,
    .number = toy_number,
    .owner = toy_owner,
    .inodes = toy_inodes,
    .owner_sector = toy_owner_sector,
    .path = toy_path,
    .has_path = toy_has_path,
    .resolve = toy_resolve,
    .log_block = toy_log_block,
    .may_share = toy_may_share,
    .identity = toy_identity,
    .save = toy_save,
    .load = toy_load,
    .anonymize = toy_anonymize,
    .free = toy_free,
};

static struct fs *toy_new(struct space *space, uint64_t sectors)
{
	struct toy *toy = calloc(1, sizeof(*toy));

	assert_non_null(toy);
	toy->fs = (struct fs){
	    .ops = &toy_ops,
	    .space = space,
	    .type = "toyfs",
	    .sectors = sectors,
	    .block_sectors = BLOCK,
	    .inode_bytes = 128,
	};
	return &toy->fs;
}

static void claim_file(struct space *space, uint32_t owner, uint64_t block, uint32_t place)
{
	space_claim_as(space, (struct claim){.start = 4 + block * BLOCK,
					     .count = BLOCK,
					     .rank = RANK_CONTENT,
					     .kind = KIND_FILE_DATA,
					     .owner = owner,
					     .arg = place});
}

static int toy_map(struct map *map, struct space *space, struct err *err)
{
	char magic[5];

	(void)map;
	if (space_read(space, 0, magic, sizeof(magic), err) != 0 || memcmp(magic, "TOYFS", 5) != 0)
		return 0;
	space->fs = toy_new(space, SECTORS);
	snprintf(space->content.type, sizeof(space->content.type), "toyfs");
	space_claim(space, RANK_STRUCTURE, KIND_SUPERBLOCK, 0, 1);
	space_claim(space, RANK_STRUCTURE, KIND_INODE_TABLE, 1, 1);
	space_claim_as(
	    space, (struct claim){
		       .start = 2, .count = 2, .rank = RANK_STRUCTURE, .kind = KIND_JOURNAL, .owner = FILES});
	for (uint32_t i = 1; i <= FILES; i++)
		claim_file(space, i, i - 1, 7);
	claim_file(space, FILES, 0, UINT32_C(0x10000000));
	return 1;
}

static const struct layout_driver driver_toy = {.name = "toy", .fs = &toy_ops, .map = toy_map};

/* A partition from START on, some sectors larger than the file system. */
static int table_map(struct map *map, struct space *space, struct err *err)
{
	struct space *inner;

	if (space->depth > 0)
		return 0;
	inner = map_add_space(map, space, "part1", SECTORS + 8, err);
	inner->type = SPACE_PARTITION;
	inner->is_disk = true;
	return map_add_linear(map, inner, space, START, SECTORS + 8, err) == 0 ? 1 : -1;
}

static const struct layout_driver driver_table = {.name = "table", .map = table_map};

/* Instead of layout/drivers.c. */
const struct layout_driver *const layout_drivers[] = {&driver_table, &driver_toy, NULL};

static struct disk disk;

static int set_up(void **state)
{
	(void)state;
	disk_new(&disk, 128);
	memcpy(disk.at + START * 512, "TOYFS", 5);
	disk_map(&disk);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	disk_free(&disk);
	return 0;
}

static struct region looked_up(const struct map *map, uint64_t sector)
{
	static struct place place; /* the region points to it */
	struct region region;

	region_lookup(map, START + sector, &place, &region);
	return region;
}

static void has_files(const struct map *map, const char *name)
{
	struct region region = looked_up(map, 4 + BLOCK + 1);
	char path[64], wanted[64];

	assert_int_equal(region.kind, KIND_FILE_DATA);
	assert_string_equal(region.fs_type, "toyfs");
	assert_true(region.has_block && region.has_inode && region.has_offset && !region.has_group);
	assert_true(region.block == LAST_BLOCK - 2);
	assert_true(region.inode == FIRST_INODE + 2);
	assert_true(region.offset == (7 * BLOCK + 1) * 512);
	assert_true(region_path(&region, path, sizeof(path)));
	snprintf(wanted, sizeof(wanted), "/%s2", name);
	assert_string_equal(path, wanted);
}

static void fs_files_are_told_by_their_own_numbers(void **state)
{
	(void)state;
	has_files(disk.map, "file");
}

static void fs_behind_its_end_there_is_none(void **state)
{
	struct region region = looked_up(disk.map, SECTORS + 1);

	(void)state;
	assert_null(region.fs);
	assert_false(region.has_block || region.has_inode);
	assert_int_equal(region.kind, KIND_UNKNOWN);
}

static void fs_shared_blocks_tell_all_owners(void **state)
{
	struct region region = looked_up(disk.map, 4), sharers[4];
	struct place places[4];

	(void)state;
	assert_true(region.inode == FIRST_INODE + 1);
	assert_int_equal(region_sharers(&region, places, sharers, 4), 1);
	assert_true(sharers[0].inode == FIRST_INODE + FILES);
	assert_true(sharers[0].offset == UINT64_C(0x10000000) * BLOCK * 512);
	assert_int_equal(disk.map->notes.n, 0);
}

static void fs_inode_tables_tell_numbers_and_files(void **state)
{
	struct region region = looked_up(disk.map, 1);
	uint64_t sector = START + 1;
	struct text json = {0};

	(void)state;
	assert_true(region.has_inodes);
	region_json(&json, &region, &sector);
	text_char(&json, '\0');
	assert_non_null(strstr(json.at, "\"inodes\":[5000000001,5000000003]"));
	assert_non_null(strstr(json.at, "{\"inode\":5000000002,\"path\":\"/file2\"}"));
	text_free(&json);
}

static void fs_copies_in_a_journal_lead_home(void **state)
{
	struct region region = looked_up(disk.map, 2), home;

	(void)state;
	assert_true(region.has_log && region_log_home(&region, &home));
	assert_int_equal(home.kind, KIND_FILE_DATA);
	assert_true(home.inode == FIRST_INODE + 1);
}

static void fs_numbers_and_paths_lead_to_owners(void **state)
{
	const struct fs *fs = find_space(disk.map, "part1")->fs;
	struct err err;
	uint64_t sector;
	uint32_t owner;

	(void)state;
	assert_true(fs_owner(fs, FIRST_INODE + 3, &owner));
	assert_int_equal(owner, 3);
	assert_false(fs_owner(fs, 3, &owner));
	assert_int_equal(fs_resolve(fs, "/file1", &owner, &err), 0);
	assert_int_equal(owner, 1);
	assert_int_equal(fs_resolve(fs, "/file9", &owner, &err), -1);
	assert_true(fs_owner_has_sectors(fs, 3) && !fs_owner_has_sectors(fs, 4));
	assert_true(fs_owner_sector(fs, 3, &sector) && sector == 1);
}

static void fs_what_is_not_there_has_its_answer(void **state)
{
	static const struct fs_ops none = {.name = "none"};
	struct fs fs = {.ops = &none, .type = "none", .sectors = 16, .block_sectors = 2};
	char path[8];
	uint64_t at, inodes[2];
	uint32_t owner;
	struct err err;

	(void)state;
	assert_true(fs_block(&fs, 7, &at) && at == 3);
	assert_false(fs_block(&fs, 16, &at));
	assert_true(fs_block_sector(&fs, 3, &at) && at == 6);
	assert_false(fs_block_sector(&fs, 8, &at));
	assert_true(fs_owner(&fs, 9, &owner) && owner == 9 && fs_number(&fs, 9) == 9);
	assert_false(fs_owner(&fs, UINT64_C(1) << 32, &owner));
	assert_false(fs_group(&fs, 0, &owner) || fs_inodes(&fs, NULL, 0, 1, inodes));
	assert_false(fs_path(&fs, 9, path, sizeof(path)) || fs_has_path(&fs, 9));
	assert_int_equal(fs_resolve(&fs, "/", &owner, &err), -1);
	assert_null(fs_ops_named("none"));
	assert_ptr_equal(fs_ops_named("toy"), &toy_ops);
}

static void count(struct usage *usage, uint64_t start, uint64_t sectors)
{
	struct access access = access_blank();
	struct place place;

	access.start = START + start;
	access.count = (uint32_t)sectors;
	access.op = ACCESS_WRITE;
	usage_access(usage, &access);
	for (uint64_t at = START + start, end = at + sectors; at < end; at += place.count) {
		map_find(disk.map, at, &place);
		place.count = place.count < end - at ? place.count : end - at;
		usage_place(usage, &access, &place);
	}
}

static void fs_files_are_counted_by_owner_and_reported_by_number(void **state)
{
	struct usage_results results = {0};
	struct file_result file;
	struct file_room room;
	struct usage usage;

	(void)state;
	assert_int_equal(usage_init(&usage, disk.map, 8), 0);
	count(&usage, 4, 2 * BLOCK);
	count(&usage, 4 + BLOCK, BLOCK);
	usage_finish(&usage);
	assert_int_equal(usage.files.n, 2);
	results.usage = &usage;
	usage_results_file(&results, 0, &file, &room);
	assert_true(file.inode == FIRST_INODE + 2);
	assert_string_equal(file.path, "/file2");
	assert_int_equal(file.counters->op[ACCESS_WRITE].sectors, 2 * BLOCK);
	usage_done(&usage);
}

static void fs_maps_are_saved_and_made_anonymous(void **state)
{
	static const struct outfile_options output = {.sync = false};
	char path[] = "/tmp/fs-test-XXXXXX";
	struct map *saved;
	struct err err = {.text = ""};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(saved_write(disk.map, path, &output, &err), 0);
	assert_int_equal(map_open(&saved, path, NULL, &err), 0);
	assert_int_equal(saved_compare(saved, disk.file.path, NULL, &err), 0);
	has_files(saved, "file");
	assert_int_equal(saved_anonymize(saved, &err), 0);
	has_files(saved, "token");
	map_close(saved);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fs_files_are_told_by_their_own_numbers),
	    cmocka_unit_test(fs_behind_its_end_there_is_none),
	    cmocka_unit_test(fs_shared_blocks_tell_all_owners),
	    cmocka_unit_test(fs_inode_tables_tell_numbers_and_files),
	    cmocka_unit_test(fs_copies_in_a_journal_lead_home),
	    cmocka_unit_test(fs_numbers_and_paths_lead_to_owners),
	    cmocka_unit_test(fs_what_is_not_there_has_its_answer),
	    cmocka_unit_test(fs_files_are_counted_by_owner_and_reported_by_number),
	    cmocka_unit_test(fs_maps_are_saved_and_made_anonymous),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
