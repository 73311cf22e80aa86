/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What cmocka wants before its own header, and files that exist only while a test runs. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct memfile {
	int fd;
	char path[48]; /* other programs can open it too, while this one runs */
};

static inline void memfile_open(struct memfile *file)
{
	file->fd = memfd_create("blkmap-test", 0);
	assert_true(file->fd >= 0);
	snprintf(file->path, sizeof(file->path), "/proc/%ld/fd/%d", (long)getpid(), file->fd);
}

static inline void memfile_write(struct memfile *file, const void *bytes, size_t len)
{
	memfile_open(file);
	assert_int_equal(write(file->fd, bytes, len), (ssize_t)len);
}

static inline void memfile_close(struct memfile *file)
{
	close(file->fd);
}

#endif
