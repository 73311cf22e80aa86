/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/device_name.h"
#include "base/identity.h"

#include "test.h"

#include <string.h>

static const char *const names[] = {"disk",       "part1", "part2", "part12", "VG/root", "VG/swap",
				    "my-vg/root", "a/b-c", "a-b/c", "md/0",   "md/home", "VG/2"};
#define NAMES (sizeof(names) / sizeof(names[0]))

/* What a word means; "?" for nothing, "A|B" for two. */
static const char *meaning(const char *typed)
{
	static char text[100];
	size_t meant[2];
	long index = device_name_find(typed, names, NAMES, meant);

	snprintf(text, sizeof(text), "%s%s%s", index == -1 ? "?" : names[meant[0]], index == -2 ? "|" : "",
		 index == -2 ? names[meant[1]] : "");
	return text;
}

static void the_name_itself_comes_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAMES; i++)
		assert_string_equal(meaning(names[i]), names[i]);
	/* A volume of that name is meant before a partition of that number. */
	assert_string_equal(meaning("2"), "VG/2");
	assert_string_equal(meaning("12"), "part12");
}

static void nodes_of_volumes(void **state)
{
	(void)state;
	assert_string_equal(meaning("/dev/VG/root"), "VG/root");
	assert_string_equal(meaning("/dev/mapper/VG-root"), "VG/root");
	assert_string_equal(meaning("mapper/my--vg-root"), "my-vg/root");
	assert_string_equal(meaning("/dev/mapper/my-vg-root"), "?");
	assert_string_equal(meaning("my-vg-root"), "my-vg/root");
	assert_string_equal(meaning("swap"), "VG/swap");
	assert_string_equal(meaning("/dev/md0"), "md/0");
	assert_string_equal(meaning("/dev/md/home"), "md/home");
}

static void two_meanings_are_both_told(void **state)
{
	(void)state;
	assert_string_equal(meaning("root"), "VG/root|my-vg/root");
	assert_string_equal(meaning("a-b-c"), "a/b-c|a-b/c");
	assert_string_equal(meaning("/dev/mapper/a-b--c"), "a/b-c");
}

static void nodes_of_disks_and_partitions(void **state)
{
	static const char *const second[] = {"/dev/sda2", "sdz2",    "sdaa2",     "vdb2",
					     "xvda2",     "hda2",    "nvme0n1p2", "nvme11n12p2",
					     "mmcblk0p2", "loop7p2", "nbd0p2",    "/dev/mapper/loop0p2",
					     "md127p2"};
	static const char *const whole[] = {"/dev/sda", "vdb", "nvme0n1", "mmcblk0", "loop3", "nbd0"};
	static const char *const none[] = {
	    "sda0", "sda3", "sda02", "nvme0n1p",           "nvme0", "p2", "sd2",
	    "part", "",     "/",     "mmcblk0p99999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++)
		assert_string_equal(meaning(second[i]), "part2");
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		assert_string_equal(meaning(whole[i]), "disk");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_string_equal(meaning(none[i]), "?");
	assert_string_equal(meaning("sdb12"), "part12");
}

static struct identity words(const char *text)
{
	struct identity identity = {.sectors = 0};

	assert_true(identity_parse(&identity, text));
	return identity;
}

static void identities_differ_where_nothing_is_the_same(void **state)
{
	struct identity a = words("dos:1234,uuid:aa"), table = words("dos:9999"), content = words("uuid:bb"),
			same = words("dos:1234,uuid:cc"), none = words("");

	(void)state;
	assert_true(identity_differs(&a, &table));
	assert_true(identity_differs(&a, &content));
	assert_false(identity_differs(&a, &same));
	assert_true(identity_differs(&table, &content));
	assert_false(identity_differs(&a, &none));
	assert_string_equal(identity_common(&a, &same), "dos:1234");
	assert_false(identity_parse(&none, "nonsense"));
	assert_false(identity_parse(&none, "dos:1,,"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_name_itself_comes_first),
	    cmocka_unit_test(nodes_of_volumes),
	    cmocka_unit_test(two_meanings_are_both_told),
	    cmocka_unit_test(nodes_of_disks_and_partitions),
	    cmocka_unit_test(identities_differ_where_nothing_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
