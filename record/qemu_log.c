/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's accesses go through a node with an image format ("raw", "qcow2"); the node of the file
   below it gets them too, but not as blk_co_* events.  Such events on a file's node are QEMU's own. */
#include "record/qemu_log.h"

#include "trace/formats/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* The number behind " bs " in an event's line, 0 when there is none. */
static uint64_t node_of(const char *event)
{
	const char *at = strstr(event, " bs 0x");

	return at ? strtoull(at + 4, NULL, 16) : 0;
}

static bool ends_with(const char *line, size_t len, const char *end)
{
	size_t want = strlen(end);

	return len >= want && strcmp(line + len - want, end) == 0;
}

/* Whether the line is to be kept: 1 or 0, or -1 without memory. */
static int is_wanted(struct table *files, const char *line, size_t len, struct err *err)
{
	static const char *const protocols[] = {"\"file\"\n", "\"host_device\"\n", "\"nbd\"\n"};
	const char *open = strstr(line, "bdrv_open_common bs "), *access = strstr(line, "blk_co_p");
	uint64_t is_file = 0;

	if (line[len - 1] != '\n')
		return 0;
	if (open != NULL) {
		for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
			is_file |= ends_with(line, len, protocols[i]);
		return table_put(files, node_of(open), is_file, err) == 0 ? 1 : -1;
	}
	if (access != NULL)
		table_get(files, node_of(access), &is_file);
	return !is_file;
}

int qemu_log_append(FILE *to, const char *path, struct err *err)
{
	FILE *from = fopen(path, "re");
	struct table files = {0};
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int wanted = 0;

	if (from == NULL)
		return err_set(err, "%s: cannot open: %s", path, strerror(errno));
	while (wanted >= 0 && (len = getline(&line, &cap, from)) > 0) {
		wanted = is_wanted(&files, line, (size_t)len, err);
		if (wanted == 1)
			fwrite(line, 1, (size_t)len, to);
	}
	free(line);
	fclose(from);
	table_done(&files);
	return wanted < 0 ? -1 : 0;
}
