/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record/disk.h"
#include "record/program.h"
#include "record/qemu_args.h"
#include "record/shim.h"

#include "tests/unit/test.h"

#include <errno.h>

static void assert_taken(char *got, const char *expected)
{
	if (expected == NULL) {
		assert_null(got);
	} else {
		assert_non_null(got);
		assert_string_equal(got, expected);
	}
	free(got);
}

static void options_of_a_drive_may_hold_commas(void **state)
{
	static const char drive[] = "file=/tmp/a,,b.img,cache=writeback,format=raw,id=hd0,if=none";

	(void)state;
	assert_taken(qemu_option(drive, "file"), "/tmp/a,b.img");
	assert_taken(qemu_option(drive, "format"), "raw");
	assert_taken(qemu_option(drive, "if"), "none");
	assert_taken(qemu_option(drive, "i"), NULL);
	assert_taken(qemu_option(drive, "b.img"), NULL);
	assert_taken(qemu_option("", "file"), NULL);
	assert_taken(qemu_option("file=", "file"), "");
	assert_taken(qemu_option("file=,,", "file"), ",");
}

static void the_appliance_is_no_drive(void **state)
{
	char *argv[] = {"qemu",
			"-drive",
			"file=/a,id=hd0,if=none",
			"-device",
			"scsi-hd,drive=hd0",
			"-drive",
			"file=/root,snapshot=on,id=appliance",
			"-drive",
			"id=hd1,file=/b",
			"-drive",
			NULL};
	int at = 1;

	(void)state;
	assert_string_equal(qemu_next_drive(argv, &at), "file=/a,id=hd0,if=none");
	assert_string_equal(qemu_next_drive(argv, &at), "id=hd1,file=/b");
	assert_null(qemu_next_drive(argv, &at));
}

static void questions_are_told_from_runs(void **state)
{
	char *run[] = {"qemu", "-global", "virtio-blk-pci.scsi=off", "-nodefaults", NULL};
	char *help[] = {"qemu", "-device", "?", NULL};
	char *machine[] = {"qemu", "-M", "q35,help", NULL};
	char *qmp[] = {"qemu", "-display", "none", "-qmp", "stdio", NULL};
	char *version[] = {"qemu", "--version", NULL};

	(void)state;
	assert_false(qemu_is_question(run));
	assert_true(qemu_is_question(help));
	assert_true(qemu_is_question(machine));
	assert_true(qemu_is_question(qmp));
	assert_true(qemu_is_question(version));
}

static void numbers_stand_before_the_extension(void **state)
{
	(void)state;
	assert_taken(path_numbered("t.qtr", 2), "t.2.qtr");
	assert_taken(path_numbered("a.b/t", 1), "a.b/t.1");
	assert_taken(path_numbered("a.b/.t", 1), "a.b/.t.1");
}

static void drives_are_picked_by_number_path_or_name(void **state)
{
	static const char *const ways[] = {"2", "/x/b.img", "b.img"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct disks disks = {0};

		assert_int_equal(disks_add(&disks, "/x/a.img", "/x/a.img", 8, &err), 0);
		assert_int_equal(disks_add(&disks, "/x/b.img", "/tmp/overlay", 16, &err), 0);
		assert_int_equal(disks_pick(&disks, ways[i], &err), 0);
		assert_int_equal(disks.n, 1);
		assert_int_equal(disks.at[0].number, 2);
		assert_string_equal(disks.at[0].device, "/tmp/overlay");
		disks_done(&disks);
	}
}

static void a_drive_that_is_not_there_is_an_error(void **state)
{
	struct disks disks = {0};
	struct err err;

	(void)state;
	assert_int_equal(disks_add(&disks, "/x/a.img", NULL, 8, &err), 0);
	assert_int_equal(disks_pick(&disks, "c.img", &err), -1);
	assert_non_null(strstr(err.text, "1 (/x/a.img)"));
	disks_done(&disks);
}

static void a_qcow2_header_says_size_and_backing(void **state)
{
	uint8_t header[64] = {'Q', 'F', 'I', 0xfb, 0, 0, 0, 3};
	struct memfile file;

	(void)state;
	header[15] = 40;   /* the name's offset */
	header[19] = 5;    /* and length */
	header[29] = 0xa0; /* 10 MiB */
	memcpy(header + 40, "/base", 5);
	memfile_write(&file, header, sizeof(header));
	assert_true(disk_image_is_qcow2(file.path));
	assert_int_equal(disk_image_sectors(file.path, false), 20480);
	assert_int_equal(disk_image_sectors(file.path, true), 1);
	assert_taken(disk_image_backing(file.path), "/base");
	memfile_close(&file);
}

static void a_missing_program_names_its_package(void **state)
{
	struct err err;

	(void)state;
	program_missing("/usr/bin/qemu-system-x86_64", ENOENT, &err);
	assert_non_null(strstr(err.text, "install the package qemu-system-x86"));
	program_missing("virt-resize", ENOENT, &err);
	assert_non_null(strstr(err.text, "install the package guestfs-tools"));
	program_missing("nosuch", ENOENT, &err);
	assert_non_null(strstr(err.text, "there is no such program"));
	program_missing("nbdkit", EACCES, &err);
	assert_non_null(strstr(err.text, "Permission denied"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_of_a_drive_may_hold_commas),
	    cmocka_unit_test(the_appliance_is_no_drive),
	    cmocka_unit_test(questions_are_told_from_runs),
	    cmocka_unit_test(numbers_stand_before_the_extension),
	    cmocka_unit_test(drives_are_picked_by_number_path_or_name),
	    cmocka_unit_test(a_drive_that_is_not_there_is_an_error),
	    cmocka_unit_test(a_qcow2_header_says_size_and_backing),
	    cmocka_unit_test(a_missing_program_names_its_package),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
