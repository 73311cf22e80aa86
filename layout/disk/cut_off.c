/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's formats and the files that they go on in.  Facts: QEMU block.c and block/vdi.c. */
#include "layout/disk/cut_off.h"

#include "base/bytes.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIXES_MAX 4
#define DEPTH_MAX 200 /* ends a chain of files that goes round, which QEMU follows for ever */

const char *cut_off_format(int fd, uint64_t bytes)
{
	uint8_t head[512];

	if (bytes < sizeof(head) || pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return NULL;
	if (memcmp(head, "QFI\xfb", 4) == 0)
		return be32(head + 4) == 1 ? "qcow" : "qcow2";
	if (memcmp(head, "QED", 4) == 0)
		return "qed";
	if (memcmp(head, "WithoutFreeSpace", 16) == 0 || memcmp(head, "WithouFreSpacExt", 16) == 0)
		return "parallels";
	if (memcmp(head, "KDMV", 4) == 0 || memcmp(head, "# Disk DescriptorFile", 21) == 0)
		return "vmdk";
	if (le32(head + 64) == 0xbeda107f && memcmp(head, "<<< ", 4) == 0)
		return "vdi";
	if (memcmp(head, "vhdxfile", 8) == 0)
		return "vhdx";
	if (memcmp(head, "conectix", 8) == 0)
		return "vpc";
	return NULL;
}

int cut_off_at(uint64_t bytes, uint64_t needed, struct err *err)
{
	return err_set(err, "is cut off: it has %" PRIu64 " bytes, and something lies at byte %" PRIu64,
		       bytes, needed);
}

static int check_vdi(const struct cut_off *file, struct err *err)
{
	uint8_t head[512] = {0};
	uint64_t needed;

	if (pread(file->fd, head, sizeof(head), 0) < 0x188)
		return 0;
	needed = le32(head + 0x158) + (uint64_t)le32(head + 0x178) * le32(head + 0x184);
	return needed > file->bytes ? cut_off_at(file->bytes, needed - 1, err) : 0;
}

/* QEMU takes what a differencing disk has not got for zeroes. */
static int check_vpc(const struct cut_off *file, struct err *err)
{
	uint8_t footer[512];

	if (pread(file->fd, footer, sizeof(footer), 0) == (ssize_t)sizeof(footer) && be32(footer + 60) == 4)
		return err_set(
		    err, "is a differencing VHD, whose parent qemu-nbd does not read; merge them first");
	return 0;
}

int cut_off_check(const struct cut_off *file, struct err *err)
{
	if (strcmp(file->format, "qcow2") == 0)
		return cut_off_qcow2(file, err);
	if (strcmp(file->format, "vmdk") == 0)
		return cut_off_vmdk(file, err);
	if (strcmp(file->format, "vpc") == 0)
		return check_vpc(file, err);
	return strcmp(file->format, "vdi") == 0 ? check_vdi(file, err) : 0;
}

/* A name is relative to the directory of the file that says it; false for what is no file. */
static bool find_path(const struct cut_off *file, const char *name, char *path, size_t len)
{
	const char *slash = strrchr(file->path, '/');
	const char *colon;
	int dir, written;

	if (strncmp(name, "file:", 5) == 0)
		name += 5;
	colon = strchr(name, ':');
	if (colon != NULL && memchr(name, '/', (size_t)(colon - name)) == NULL)
		return false;
	dir = slash != NULL && name[0] != '/' ? (int)(slash - file->path) + 1 : 0;
	written = snprintf(path, len, "%.*s%s", dir, file->path, name);
	return written > 0 && (size_t)written < len;
}

static int check_raw(const struct cut_off *file, const struct cut_off_next *next, uint64_t bytes,
		     struct err *err)
{
	if (bytes >= next->least)
		return 0;
	if (!next->may_be_short)
		return cut_off_at(bytes, next->least - 1, err);
	snprintf(file->note, file->note_len,
		 "its %s %s has %" PRIu64 " bytes of %" PRIu64 "; the rest of it reads as zeroes", next->what,
		 next->name, bytes, next->least);
	return 0;
}

int cut_off_follow(const struct cut_off *file, const struct cut_off_next *next, struct err *err)
{
	struct cut_off inner = *file;
	char path[PATH_MAX];
	struct stat st;
	int result = 0;

	if (!find_path(file, next->name, path, sizeof(path)))
		return 0;
	if (file->depth == DEPTH_MAX)
		return err_set(err, "lies over more than %d files, or over itself", DEPTH_MAX);
	inner.path = path;
	inner.depth = file->depth + 1;
	inner.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (inner.fd < 0)
		return 0;
	if (fstat(inner.fd, &st) == 0 && S_ISREG(st.st_mode)) {
		inner.bytes = (uint64_t)st.st_size;
		inner.format = next->is_raw ? NULL : cut_off_format(inner.fd, inner.bytes);
		result = inner.format == NULL ? check_raw(file, next, inner.bytes, err)
					      : cut_off_check(&inner, err);
	}
	close(inner.fd);
	/* Of a long chain, the first ones say enough. */
	return result == 0 || file->depth >= PREFIXES_MAX
		   ? result
		   : err_prefix(err, "its %s %s: ", next->what, next->name);
}
