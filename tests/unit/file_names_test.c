/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/file_names.h"

#include "tests/unit/test.h"

#define INODES 5000

static struct file_names names;
static char path[4096];

static int set_up(void **state)
{
	(void)state;
	return file_names_init(&names, INODES, 2);
}

static int tear_down(void **state)
{
	(void)state;
	file_names_free(&names);
	return 0;
}

static void add(uint32_t parent, uint32_t inode, const char *name)
{
	assert_int_equal(file_names_add(&names, parent, inode, name, strlen(name)), 0);
}

static void assert_path(uint32_t inode, const char *expected)
{
	assert_true(file_names_path(&names, inode, path, sizeof(path)));
	assert_string_equal(path, expected);
}

static void file_names_the_root_is_a_slash(void **state)
{
	(void)state;
	assert_path(2, "/");
}

static void file_names_path_goes_up_to_the_root(void **state)
{
	(void)state;
	add(13, 14, "c");
	add(2, 12, "a");
	add(12, 13, "b");
	assert_path(14, "/a/b/c");
	assert_path(12, "/a");
}

static void file_names_without_name_there_is_no_path(void **state)
{
	(void)state;
	assert_false(file_names_path(&names, 12, path, sizeof(path)));
	assert_false(file_names_path(&names, 0, path, sizeof(path)));
	assert_false(file_names_path(&names, INODES + 1, path, sizeof(path)));
	assert_false(file_names_path(&names, UINT32_MAX, path, sizeof(path)));
}

static void file_names_chain_without_root_is_no_path(void **state)
{
	(void)state;
	add(50, 12, "a");
	assert_false(file_names_path(&names, 12, path, sizeof(path)));
}

static void file_names_circle_of_directories_ends(void **state)
{
	(void)state;
	add(13, 12, "a");
	add(12, 13, "b");
	add(14, 14, "self");
	assert_false(file_names_path(&names, 12, path, sizeof(path)));
	assert_false(file_names_path(&names, 14, path, sizeof(path)));
}

static void file_names_circle_of_long_names_ends(void **state)
{
	char name[256];

	(void)state;
	memset(name, 'x', 255);
	name[255] = '\0';
	add(13, 12, name);
	add(12, 13, name);
	/* Longer than the room before it can be seen as a circle: cut, but ended. */
	file_names_path(&names, 12, path, sizeof(path));
	assert_true(strlen(path) < sizeof(path));
}

static void file_names_of_hard_links_the_lowest_directory_stays(void **state)
{
	(void)state;
	add(2, 20, "dir");
	add(20, 12, "second");
	add(2, 12, "first");
	add(20, 12, "third");
	add(2, 12, "fourth");
	assert_path(12, "/first");
}

static void file_names_keep_any_bytes(void **state)
{
	(void)state;
	add(2, 12, "a\x01\xff\n");
	assert_path(12, "/a\x01\xff\n");
}

static void file_names_of_255_bytes(void **state)
{
	char name[257] = "/";

	(void)state;
	memset(name + 1, 'x', 255);
	name[256] = '\0';
	add(2, 12, name + 1);
	assert_path(12, name);
}

static void file_names_impossible_entries_are_ignored(void **state)
{
	(void)state;
	add(2, 0, "a");
	add(2, INODES + 1, "a");
	add(0, 12, "a");
	add(2, 12, "");
	assert_int_equal(file_names_add(&names, 2, 12, "a", 256), 0);
	assert_false(file_names_path(&names, 12, path, sizeof(path)));
}

static void file_names_deep_paths_are_cut_in_front(void **state)
{
	(void)state;
	add(2, 10, "aaaaaaaa");
	for (uint32_t i = 11; i < 3000; i++)
		add(i - 1, i, "aaaaaaaa");
	assert_true(file_names_path(&names, 2999, path, sizeof(path)));
	assert_true(strlen(path) < sizeof(path));
	assert_memory_equal(path, "/...", 4);
	assert_string_equal(path + strlen(path) - 9, "/aaaaaaaa");
}

static void file_names_any_room_is_kept_to(void **state)
{
	(void)state;
	add(2, 10, "abc");
	add(10, 11, "defghi");
	for (size_t len = 16; len < 40; len++) {
		memset(path, '#', sizeof(path));
		assert_true(file_names_path(&names, 11, path, len));
		assert_true(memchr(path, '\0', len) != NULL);
		assert_int_equal(path[len], '#');
	}
	assert_string_equal(path, "/abc/defghi");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(file_names_the_root_is_a_slash),
	    TEST(file_names_path_goes_up_to_the_root),
	    TEST(file_names_without_name_there_is_no_path),
	    TEST(file_names_chain_without_root_is_no_path),
	    TEST(file_names_circle_of_directories_ends),
	    TEST(file_names_circle_of_long_names_ends),
	    TEST(file_names_of_hard_links_the_lowest_directory_stays),
	    TEST(file_names_keep_any_bytes),
	    TEST(file_names_of_255_bytes),
	    TEST(file_names_impossible_entries_are_ignored),
	    TEST(file_names_deep_paths_are_cut_in_front),
	    TEST(file_names_any_room_is_kept_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
