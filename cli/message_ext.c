/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors and warnings of ext2, ext3 and ext4 (fs/ext4/super.c: ext4_error_inode, ext4_error_file; the older ones
   have their numbers in the text): the inode and the block that they are about.  Other numbers in them, as
   those of a broken directory entry, are what was found there, and not where. */
#include "cli/message.h"

#include <stdio.h>
#include <string.h>

/* The number behind the first of these words that is there. */
static bool number_behind(const char *text, const char *const *words, uint64_t *number)
{
	for (; *words != NULL; words++) {
		const char *at = strstr(text, *words);

		if (at != NULL && message_number(at + strlen(*words), 10, number, NULL))
			return true;
	}
	return false;
}

/* "EXT4-fs error (device dm-0): ..."; what follows, or NULL. */
static const char *find_start(const char *text, char device[MESSAGE_DEVICE_SIZE])
{
	const char *at = strstr(text, "EXT"), *name, *end;

	if (at == NULL || at[3] < '2' || at[3] > '4' || strncmp(at + 4, "-fs ", 4) != 0)
		return NULL;
	name = strstr(at, "(device ");
	end = name != NULL ? strstr(name, "): ") : NULL;
	if (end == NULL || end - name - 8 >= MESSAGE_DEVICE_SIZE)
		return NULL;
	snprintf(device, MESSAGE_DEVICE_SIZE, "%.*s", (int)(end - name - 8), name + 8);
	return end + 3;
}

bool message_read_ext(const char *text, struct message_line *line)
{
	static const char *const inodes[] = {"inode #", "directory #", "inode=", " to inode ", NULL};
	static const char *const blocks[] = {": block ", " block=", " block = ", "_bitmap = ", NULL};
	struct message message = {.count = 0};
	const char *rest = find_start(text, message.device);

	if (rest == NULL)
		return false;
	message.unit = MESSAGE_INODE;
	if (number_behind(rest, inodes, &message.number))
		message_add(line, &message);
	message.unit = MESSAGE_FS_BLOCKS;
	if (number_behind(rest, blocks, &message.number))
		message_add(line, &message);
	return line->n > 0;
}
