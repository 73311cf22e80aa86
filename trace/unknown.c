/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Magic numbers, as file(1) knows them: of files that hold block accesses in another form, and of what is given by
   mistake. */
#include "trace/unknown.h"

#include <stdbool.h>
#include <string.h>

#define DISK "is a disk image, not a trace"
#define HELP "; blkmap-traces(5) tells what is read, and --format csv:COLUMN,... reads other tables"

struct kind {
	size_t offset;
	const char *magic;
	size_t len;
	const char *text;
};

#define AT(offset, magic, text)                                                                              \
	{                                                                                                    \
		offset, magic, sizeof(magic) - 1, text                                                       \
	}

static const struct kind kinds[] = {
    AT(0, "\x17\x08\x44tracing",
       "is a trace-cmd data file; trace-cmd report FILE | blkmap analyze - reads it"),
    AT(0, "PERFILE2", "is a perf data file; perf script -i FILE | blkmap analyze - reads it"),
    AT(0, "\xff\xff\xff\xff\xff\xff\xff\xff",
       "is perhaps a QEMU 'simple' trace; let QEMU use its log backend"),
    AT(0, "\xd4\xc3\xb2\xa1", "is a packet capture; trace NBD with nbdkit's log filter"),
    AT(0, "\xa1\xb2\xc3\xd4", "is a packet capture; trace NBD with nbdkit's log filter"),
    AT(0, "\x4d\x3c\xb2\xa1", "is a packet capture; trace NBD with nbdkit's log filter"),
    AT(0, "\x0a\x0d\x0d\x0a", "is a packet capture; trace NBD with nbdkit's log filter"),
    AT(0, "\xc1\x1f\xfc\xc1",
       "is a stream of LTTng's (CTF); babeltrace DIRECTORY | blkmap analyze - reads it"),
    AT(0, "\x75\xd1\x1d\x57",
       "is the metadata of an LTTng trace (CTF); babeltrace DIRECTORY | blkmap analyze - reads it"),
    AT(0, "PK\x03\x04", "is a zip archive; give the trace in it"),
    AT(0, "7z\xbc\xaf\x27\x1c", "is a 7-Zip archive; give the trace in it"),
    AT(0, "Rar!\x1a\x07", "is a RAR archive; give the trace in it"),
    AT(257, "ustar", "is a tar archive; give the trace in it"),
    AT(0,
       "\x89"
       "blkmap\n",
       "is a map that blkmap has saved, not a trace; the trace comes first, then the disk"),
    AT(0, "QFI\xfb", DISK " (qcow2)"),
    AT(0, "KDMV", DISK " (vmdk)"),
    AT(64, "\x7f\x10\xda\xbe", DISK " (vdi)"),
    AT(0, "vhdxfile", DISK " (vhdx)"),
    AT(0, "conectix", DISK " (vhd)"),
    AT(1080, "\x53\xef", DISK " (an ext file system)"),
    AT(0, "XFSB", DISK " (an XFS file system)"),
    AT(0, "LUKS\xba\xbe", DISK " (LUKS)"),
    AT(512, "EFI PART", DISK " (with a GPT)"),
    AT(4096, "EFI PART", DISK " (with a GPT)"),
    AT(512, "LABELONE", DISK " (an LVM physical volume)"),
    AT(4086, "SWAPSPACE2", DISK " (swap)"),
    AT(4096, "\xfc\x4e\x2b\xa9", DISK " (a member of an md array)"),
    AT(510, "\x55\xaa", DISK " (with a boot sector)"),
    AT(0, "\x7f\x45LF", "is a program, not a trace"),
    AT(0, "\x89PNG", "is a picture, not a trace"),
    AT(0, "%PDF", "is a PDF document"),
    AT(0, "SQLite format 3", "is an SQLite database (of Perfetto's, perhaps); give the trace as text"),
};

int trace_unknown(const uint8_t *bytes, size_t len, struct err *err)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= kinds[i].offset + kinds[i].len &&
		    memcmp(bytes + kinds[i].offset, kinds[i].magic, kinds[i].len) == 0)
			return err_set(err, "%s", kinds[i].text);
	if (memchr(bytes, '\0', len < 4096 ? len : 4096) != NULL)
		return err_set(
		    err, "line 1: not a trace in a format that blkmap recognises, but binary data" HELP);
	return err_set(err, "line 1: not a trace in a format that blkmap recognises" HELP);
}
