/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the files begin that blkmap's commands write: saved maps, parts, reports, pictures and traces. */
#include "base/bytes.h"
#include "cli/inputs.h"
#include "layout/saved/format.h"

#include <stdint.h>
#include <string.h>

#define TRACE_MAGIC 0x65617400u /* blktrace's, before its version */

static bool starts(const char *bytes, size_t n, const char *with)
{
	return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

/* "FILE: FORMAT trace, N accesses", the first line of report.txt. */
static bool is_report(const char *bytes, size_t n)
{
	const char *end = memchr(bytes, '\n', n);

	return end != NULL && memchr(bytes, '\0', (size_t)(end - bytes)) == NULL &&
	       memmem(bytes, (size_t)(end - bytes), " trace, ", 8) != NULL;
}

/* "S SECTORS", the first line of a .qtr trace. */
static bool is_qtr(const char *bytes, size_t n)
{
	return n >= 3 && bytes[0] == 'S' && bytes[1] == ' ' && bytes[2] >= '0' && bytes[2] <= '9';
}

bool output_is_ours(const char *bytes, size_t n)
{
	static const char *const texts[] = {
	    SAVED_MAGIC,
	    "\x89PNG\r\n\x1a\n",
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--\n",
	    "<!DOCTYPE html>",
	    "%PDF-",
	    "{\"blkmap_part\":",
	    "blkmap-part\n",
	    "{\"trace\":",
	    "{\"index\":",
	    "{\"mark\":",
	    "fio version ",
	    "time,op,sector,sectors,latency,device,pid,comm,flags\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (starts(bytes, n, texts[i]))
			return true;
	if (n >= 4 && (le32((const uint8_t *)bytes) & ~0xffu) == TRACE_MAGIC)
		return true;
	return n == 0 || is_qtr(bytes, n) || is_report(bytes, n);
}
