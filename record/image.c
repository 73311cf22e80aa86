/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies in an image file, and copies of it.  The header of qcow2 is from QEMU's
   docs/interop/qcow2.txt: magic, version, the backing file's name by offset and length, ... the size of
   the disk at byte 24; big-endian. */
#include "base/bytes.h"
#include "base/outfile.h"
#include "base/size.h"
#include "record/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define QCOW2_HEADER 32
#define CHUNK (1u << 20)

/* Reads the header of a qcow2 image: the open file, or -1 when it is none. */
static int open_qcow2(const char *path, uint8_t *header)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	if (pread(fd, header, QCOW2_HEADER, 0) == QCOW2_HEADER && memcmp(header, "QFI\xfb", 4) == 0)
		return fd;
	close(fd);
	return -1;
}

bool disk_image_is_qcow2(const char *path)
{
	uint8_t header[QCOW2_HEADER];
	int fd = open_qcow2(path, header);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

char *disk_image_backing(const char *path)
{
	uint8_t header[QCOW2_HEADER];
	char name[1024];
	int fd = open_qcow2(path, header);
	uint64_t offset = be64(header + 8);
	uint32_t len = be32(header + 16);
	bool got;

	if (fd < 0)
		return NULL;
	got = offset > 0 && offset < INT64_MAX && len > 0 && len < sizeof(name) &&
	      pread(fd, name, len, (off_t)offset) == (ssize_t)len;
	close(fd);
	return got ? strndup(name, len) : NULL;
}

/* The size in bytes of an open file or device; -1 with errno. */
static int64_t bytes_of(int fd)
{
	struct stat st;
	uint64_t bytes;

	if (fstat(fd, &st) != 0)
		return -1;
	if (!S_ISBLK(st.st_mode))
		return st.st_size;
	return ioctl(fd, BLKGETSIZE64, &bytes) == 0 ? (int64_t)bytes : -1;
}

uint64_t disk_image_sectors(const char *path, bool raw)
{
	uint8_t header[QCOW2_HEADER];
	int fd = raw ? -1 : open_qcow2(path, header);
	int64_t bytes = -1;

	if (fd >= 0) {
		bytes = (int64_t)(be64(header + 24) & INT64_MAX);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0)
			bytes = bytes_of(fd);
	}
	if (fd >= 0)
		close(fd);
	return bytes > 0 ? ((uint64_t)bytes + SECTOR_SIZE - 1) >> SECTOR_SHIFT : 0;
}

/* Copies len bytes (or up to the end of the data) from an offset, leaving zeroes out. */
static int copy_range(int from, struct outfile *to, int64_t at, int64_t end, uint8_t *buf, struct err *err)
{
	while (at < end) {
		size_t want = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
		ssize_t got = pread(from, buf, want, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, "cannot read at byte %lld: %s", (long long)at, strerror(errno));
		if (got == 0)
			return 0;
		if (!bytes_all_zero(buf, (size_t)got) &&
		    (lseek(to->fd, at, SEEK_SET) < 0 || outfile_write(to, buf, (size_t)got, err) != 0))
			return -1;
		at += got;
	}
	return 0;
}

/* Copies the parts that hold data; where a file system cannot tell, all is data. */
static int copy_data(int from, struct outfile *to, int64_t bytes, struct err *err)
{
	uint8_t *buf = malloc(CHUNK);
	int64_t at = 0;
	int rc = 0;

	if (buf == NULL)
		return err_nomem(err);
	while (rc == 0 && at < bytes) {
		int64_t data = lseek(from, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			break;
		if (data < 0)
			data = at;
		hole = lseek(from, data, SEEK_HOLE);
		if (hole <= data)
			hole = bytes;
		rc = copy_range(from, to, data, hole, buf, err);
		at = hole;
	}
	free(buf);
	return rc;
}

static int copy_open(int from, struct outfile *to, struct err *err)
{
	int64_t bytes = bytes_of(from);

	if (bytes < 0)
		return err_set(err, "cannot tell its size: %s", strerror(errno));
	/* What a device's cache kept from before a file system wrote around it is old. */
	(void)ioctl(from, BLKFLSBUF, 0);
	if (ioctl(to->fd, FICLONE, from) == 0)
		return 0;
	if (ftruncate(to->fd, bytes) != 0)
		return err_set(err, "cannot make the copy: %s", strerror(errno));
	return copy_data(from, to, bytes, err);
}

static bool is_same(const char *a, const char *b)
{
	struct stat one, other;

	return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
	       one.st_ino == other.st_ino;
}

int disks_spare(const struct disks *disks, const char *path, struct err *err)
{
	for (size_t i = 0; i < disks->n; i++)
		if (is_same(disks->at[i].image, path))
			return err_set(err, "%s: is the disk that is recorded", path);
	return 0;
}

int disk_image_copy(const char *from, const char *to, const struct disk_copy *how, struct err *err)
{
	struct outfile_options options = {.tmpdir = how->tmpdir, .sync = true};
	struct outfile file;
	int fd = open(from, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_set(err, "%s: cannot open: %s", from, strerror(errno));
	if (is_same(from, to)) {
		close(fd);
		return err_set(err, "%s: is the disk itself", to);
	}
	if (outfile_open(&file, to, &options, err) != 0) {
		close(fd);
		return err_prefix(err, "%s: ", to);
	}
	if (!how->force && file.path != NULL && file.has_old && file.old.st_size > 0) {
		outfile_abandon(&file);
		close(fd);
		return err_set(err, "%s: is there already; --force replaces it", to);
	}
	rc = copy_open(fd, &file, err);
	if (rc != 0)
		err_prefix(err, "%s, copied to %s: ", from, to);
	else if (outfile_commit(&file, err) != 0)
		rc = err_prefix(err, "%s: ", to);
	outfile_abandon(&file);
	close(fd);
	return rc;
}
