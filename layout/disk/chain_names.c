/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where images name other files, read as QEMU reads it, so that it finds none that is not found here.  Facts:
   QEMU docs/interop/qcow2.txt, docs/interop/qed_spec.txt, block/qcow.c and block/vmdk.c. */
#include "base/bytes.h"
#include "base/size.h"
#include "layout/disk/chain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DESCRIPTOR_MAX ((1u << 20) - 1) /* QEMU reads no more of it */
#define EXTENTS_MAX 4096
#define EXTENSIONS_MAX (2u << 20) /* they lie in the first cluster */
enum { EXTENSION_BACKING_FORMAT = 0xe2792aca - 0x100000000, EXTENSION_DATA_FILE = 0x44415441 };
enum { QCOW2_DATA_FILE = 4, QED_BACKING = 1, QED_BACKING_RAW = 4 };

/* Reads all of a range; false when it is not all there. */
static bool read_all(int fd, void *buf, size_t len, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, buf, len, (off_t)offset) == (ssize_t)len;
}

static int read_name(int fd, char *name, size_t size, uint64_t offset, uint32_t len, struct err *err)
{
	if (len >= size || !read_all(fd, name, len, offset))
		return err_set(err, "the name of its backing file cannot be read");
	name[len] = '\0';
	if (strlen(name) != len)
		return err_set(err, "the name of its backing file is no text");
	return 0;
}

/* --- qcow2 and qcow --- */

static bool read_extension(int fd, uint32_t header_bytes, uint32_t type, char *text, size_t size)
{
	uint64_t at = header_bytes;
	uint8_t head[8];

	while (at < EXTENSIONS_MAX && read_all(fd, head, sizeof(head), at) && be32(head) != 0) {
		uint32_t bytes = be32(head + 4);

		if (be32(head) == type && bytes < size && read_all(fd, text, bytes, at + 8)) {
			text[bytes] = '\0';
			return true;
		}
		at += 8 + (((uint64_t)bytes + 7) & ~UINT64_C(7));
	}
	return false;
}

static int read_qcow(struct chain_names *names, int fd, struct err *err)
{
	uint8_t head[104] = {0};
	uint32_t version, header_bytes;

	if (pread(fd, head, sizeof(head), 0) < 48 || memcmp(head, "QFI\xfb", 4) != 0)
		return err_set(err, "is no qcow2 image");
	version = be32(head + 4);
	header_bytes = version >= 3 ? be32(head + 100) : 72;
	if (be64(head + 8) != 0 && be32(head + 16) != 0 &&
	    read_name(fd, names->backing, sizeof(names->backing), be64(head + 8), be32(head + 16), err) != 0)
		return -1;
	if (version < 2)
		return 0;
	read_extension(fd, header_bytes, (uint32_t)EXTENSION_BACKING_FORMAT, names->backing_format,
		       sizeof(names->backing_format));
	if (version >= 3 && (be64(head + 72) & QCOW2_DATA_FILE) != 0 &&
	    (!read_extension(fd, header_bytes, EXTENSION_DATA_FILE, names->data, sizeof(names->data)) ||
	     names->data[0] == '\0'))
		return err_set(err, "has a data file whose name cannot be read");
	return 0;
}

static int read_qed(struct chain_names *names, int fd, struct err *err)
{
	uint8_t head[64];

	if (!read_all(fd, head, sizeof(head), 0) || memcmp(head, "QED\0", 4) != 0)
		return err_set(err, "is no qed image");
	if ((le64(head + 16) & QED_BACKING) == 0 || le32(head + 60) == 0)
		return 0;
	if ((le64(head + 16) & QED_BACKING_RAW) != 0)
		snprintf(names->backing_format, sizeof(names->backing_format), "raw");
	return read_name(fd, names->backing, sizeof(names->backing), le32(head + 56), le32(head + 60), err);
}

/* --- vmdk --- */

static int add_extent(struct chain_names *names, const char *name, struct err *err)
{
	void *more = names->nextents < EXTENTS_MAX
			 ? realloc(names->extents, (names->nextents + 1) * sizeof(*names->extents))
			 : NULL;

	if (more == NULL)
		return err_set(err, "has more than %u extents", EXTENTS_MAX);
	names->extents = more;
	snprintf(names->extents[names->nextents++], sizeof(*names->extents), "%s", name);
	return 0;
}

/* The lines `RW 4192256 SPARSE "disk-s001.vmdk"`: blanks before them do not matter. */
static int read_extents(struct chain_names *names, const char *text, struct err *err)
{
	for (const char *line = text; line != NULL && *line != '\0';) {
		char access[11], type[11], name[512];
		long long sectors;

		if (sscanf(line, "%10s %lld %10s \"%511[^\n\r\"]\"", access, &sectors, type, name) == 4 &&
		    add_extent(names, name, err) != 0)
			return -1;
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	return 0;
}

static void read_parent(struct chain_names *names, const char *text)
{
	static const char key[] = "parentFileNameHint=\"";
	const char *at = strstr(text, key), *end;

	if (at == NULL)
		return;
	at += strlen(key);
	end = strchr(at, '"');
	if (end != NULL && (size_t)(end - at) < sizeof(names->backing))
		snprintf(names->backing, sizeof(names->backing), "%.*s", (int)(end - at), at);
}

static int read_descriptor(struct chain_names *names, int fd, uint64_t offset, bool has_extents,
			   struct err *err)
{
	char *text = calloc(1, DESCRIPTOR_MAX + 1);
	int result = 0;

	if (text == NULL)
		return err_nomem(err);
	if (offset <= INT64_MAX && pread(fd, text, DESCRIPTOR_MAX, (off_t)offset) > 0) {
		read_parent(names, text);
		result = has_extents ? read_extents(names, text, err) : 0;
	}
	free(text);
	return result;
}

static int read_vmdk(struct chain_names *names, int fd, struct err *err)
{
	uint8_t head[SECTOR_SIZE] = {0};
	uint64_t text;

	if (pread(fd, head, sizeof(head), 0) < 4)
		return err_set(err, "is too short for its format");
	if (memcmp(head, "COWD", 4) == 0)
		return read_descriptor(names, fd, SECTOR_SIZE, false, err);
	if (memcmp(head, "KDMV", 4) != 0)
		return read_descriptor(names, fd, 0, true, err);
	/* A sparse file has no extents but itself, unless it has no capacity of its own. */
	text = le64(head + 28);
	return text == 0 || text > (uint64_t)INT64_MAX >> SECTOR_SHIFT
		   ? 0
		   : read_descriptor(names, fd, text << SECTOR_SHIFT, le64(head + 12) == 0, err);
}

int chain_read_names(struct chain_names *names, int fd, const char *format, struct err *err)
{
	*names = (struct chain_names){.extents = NULL};
	if (strcmp(format, "qcow2") == 0 || strcmp(format, "qcow") == 0)
		return read_qcow(names, fd, err);
	if (strcmp(format, "qed") == 0)
		return read_qed(names, fd, err);
	return strcmp(format, "vmdk") == 0 ? read_vmdk(names, fd, err) : 0;
}

void chain_names_done(struct chain_names *names)
{
	free(names->extents);
	names->extents = NULL;
}
