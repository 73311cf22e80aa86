/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/kind.h"

#include "tests/unit/test.h"

static void kind_every_one_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		assert_non_null(kind_name((enum kind)kind));
		assert_int_equal(kind_named(kind_name((enum kind)kind)), kind);
	}
}

static void kind_the_contracts_words_are_all_there(void **state)
{
	static const char *const words[] = {
	    "mbr",
	    "ebr",
	    "gpt-header",
	    "gpt-entries",
	    "gpt-backup-header",
	    "gpt-backup-entries",
	    "disklabel",
	    "gap",
	    "swap-header",
	    "swap",
	    "opaque",
	    "unknown",
	    "lvm-label",
	    "lvm-metadata-header",
	    "lvm-metadata",
	    "lvm-padding",
	    "lvm-free",
	    "lvm-raid-metadata",
	    "lvm-thin-metadata",
	    "lvm-thin-free",
	    "lvm-cache",
	    "lvm-unused",
	    "md-superblock",
	    "md-bitmap",
	    "md-bad-blocks",
	    "md-ppl",
	    "md-journal",
	    "md-parity",
	    "md-unused",
	    "luks-header",
	    "luks-keyslots",
	    "luks-payload",
	    "snapshot-header",
	    "snapshot-exceptions",
	    "snapshot-chunk",
	    "snapshot-unused",
	    "bcache-superblock",
	    "drbd-metadata",
	    "vdo-header",
	    "integrity-superblock",
	    "boot-block",
	    "superblock",
	    "superblock-backup",
	    "group-descriptors",
	    "group-descriptors-backup",
	    "reserved-gdt",
	    "block-bitmap",
	    "inode-bitmap",
	    "inode-table",
	    "journal",
	    "directory",
	    "file-data",
	    "symlink",
	    "extent-node",
	    "indirect-block",
	    "xattr",
	    "quota",
	    "orphan-file",
	    "mmp",
	    "resize-inode",
	    "bad-blocks",
	    "free",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_not_equal(kind_named(words[i]), KIND_COUNT);
}

static void kind_unknown_words_are_none(void **state)
{
	(void)state;
	assert_int_equal(kind_named(""), KIND_COUNT);
	assert_int_equal(kind_named("child"), KIND_COUNT);
	assert_int_equal(kind_named("Journal"), KIND_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kind_every_one_has_a_name_of_its_own),
	    cmocka_unit_test(kind_the_contracts_words_are_all_there),
	    cmocka_unit_test(kind_unknown_words_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
