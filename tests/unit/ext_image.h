/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real ext file systems in a disk that a test makes, by mke2fs and debugfs, always with the same bytes. */
#ifndef TESTS_UNIT_EXT_IMAGE_H
#define TESTS_UNIT_EXT_IMAGE_H

#include "tests/unit/disk.h"

#include <stdarg.h>

static inline void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline void run(const char *fmt, ...)
{
	char command[2048] =
	    "PATH=$PATH:/usr/sbin:/sbin E2FSPROGS_FAKE_TIME=1293840000 MKE2FS_CONFIG=/dev/null; "
	    "export PATH E2FSPROGS_FAKE_TIME MKE2FS_CONFIG; exec >/dev/null 2>&1; ";
	size_t used = strlen(command);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command + used, sizeof(command) - used, fmt, ap);
	va_end(ap);
	if (system(command) != 0)
		fail_msg("failed: %s", command + used);
}

/* A file system of `blocks` blocks at a sector; `options` are mke2fs'. */
static inline void put_ext(struct disk *disk, uint64_t start, unsigned blocks, const char *options)
{
	static const char uuid[] = "20100000-0000-4000-8000-000000000000";

	run("mke2fs -q -F -U %s -E offset=%llu,hash_seed=%s %s %s %u", uuid, (unsigned long long)start * 512,
	    uuid, options, disk->file.path, blocks);
}

/* debugfs commands, separated by \n, on the file system at a sector. */
static inline void debugfs(struct disk *disk, uint64_t start, const char *commands)
{
	run("printf '%s\\n' | debugfs -w -f - '%s?offset=%llu'", commands, disk->file.path,
	    (unsigned long long)start * 512);
}

/* A file of some bytes at `path`, through a file of the machine's own that lives as long as the call. */
static inline void put_file(struct disk *disk, uint64_t start, const char *path, size_t bytes)
{
	struct memfile content;
	char commands[256];

	memfile_open(&content);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(write(content.fd, "x", 1), 1);
	snprintf(commands, sizeof(commands), "write %s %s", content.path, path);
	debugfs(disk, start, commands);
	memfile_close(&content);
}

#endif
