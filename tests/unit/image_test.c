/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layout/disk/image.h"

#include "tests/unit/test.h"

#include <sys/stat.h>

static void assert_refused(const char *path, const char *part)
{
	struct image *image;
	struct err err = {.text = ""};

	assert_int_equal(image_open(&image, path, NULL, &err), -1);
	if (strstr(err.text, part) == NULL)
		fail_msg("'%s' does not say '%s'", err.text, part);
	assert_null(strstr(err.text, path));
}

static void image_reads_exactly_what_is_asked_for(void **state)
{
	char bytes[1500], buf[1024] = "";
	struct memfile file;
	struct image *image;
	struct err err;
	uint64_t before;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	memfile_write(&file, bytes, sizeof(bytes));
	assert_int_equal(image_open(&image, file.path, NULL, &err), 0);
	assert_int_equal(image_sectors(image), 2);
	assert_int_equal(image_sector_size(image), 0);
	before = image_bytes_read(image);
	assert_int_equal(before, 512); /* the last sector, which would have the mark of a container */
	assert_int_equal(image_read(image, 100, buf, 1000, &err), 0);
	assert_memory_equal(buf, bytes + 100, 1000);
	assert_int_equal(image_bytes_read(image) - before, 1000);
	image_close(image);
	memfile_close(&file);
}

static void image_reads_beyond_the_end_fail(void **state)
{
	struct memfile file;
	struct image *image;
	struct err err;
	char buf[1024] = "";

	(void)state;
	memfile_write(&file, buf, sizeof(buf));
	assert_int_equal(image_open(&image, file.path, NULL, &err), 0);
	assert_int_equal(image_read(image, 512, buf, 513, &err), -1);
	assert_int_equal(image_read(image, UINT64_MAX, buf, 1, &err), -1);
	assert_int_equal(image_read(image, 1, buf, SIZE_MAX, &err), -1);
	assert_int_equal(image_read(image, 1024, buf, 0, &err), 0);
	image_close(image);
	memfile_close(&file);
}

static void image_that_shrinks_while_it_is_read(void **state)
{
	struct memfile file;
	struct image *image;
	struct err err;
	char buf[1024] = "";

	(void)state;
	memfile_write(&file, buf, sizeof(buf));
	assert_int_equal(image_open(&image, file.path, NULL, &err), 0);
	assert_int_equal(ftruncate(file.fd, 600), 0);
	assert_int_equal(image_read(image, 0, buf, 1024, &err), -1);
	assert_non_null(strstr(err.text, "ends at byte 600"));
	image_close(image);
	memfile_close(&file);
}

static void image_what_is_no_disk_is_refused(void **state)
{
	struct memfile file;
	char fifo[] = "/tmp/blkmap-test-XXXXXX";

	(void)state;
	assert_refused("/", "is a directory");
	assert_refused("/nonexistent/disk.img", "No such file");
	assert_refused("/dev/null", "neither a file nor a block device");
	memfile_write(&file, "x", 1);
	assert_refused(file.path, "is 1 bytes long, expected a disk");
	memfile_close(&file);
	assert_non_null(mkdtemp(fifo));
	assert_int_equal(rmdir(fifo), 0);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_refused(fifo, "neither a file nor a block device");
	unlink(fifo);
}

static void image_close_of_nothing(void **state)
{
	(void)state;
	image_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(image_reads_exactly_what_is_asked_for),
	    cmocka_unit_test(image_reads_beyond_the_end_fail),
	    cmocka_unit_test(image_that_shrinks_while_it_is_read),
	    cmocka_unit_test(image_what_is_no_disk_is_refused),
	    cmocka_unit_test(image_close_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
