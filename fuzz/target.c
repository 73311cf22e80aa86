/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file lies in memory. */
#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static int target_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", 0);
	if (fd < 0)
		abort();
	return fd;
}

const char *target_path(void)
{
	static char path[48];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", target_fd());
	return path;
}

void target_write(uint64_t offset, const void *data, size_t size)
{
	if (pwrite(target_fd(), data, size, (off_t)offset) != (ssize_t)size)
		abort();
}

const char *target_file(const void *data, size_t size)
{
	if (ftruncate(target_fd(), 0) != 0 || ftruncate(target_fd(), (off_t)size) != 0)
		abort();
	if (data != NULL && size > 0)
		target_write(0, data, size);
	return target_path();
}

uint8_t *target_map(size_t size)
{
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, target_fd(), 0);

	if (bytes == MAP_FAILED)
		abort();
	return bytes;
}

void target_unmap(uint8_t *bytes, size_t size)
{
	munmap(bytes, size);
}
