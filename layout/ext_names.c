/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names by inode, and the paths that are made of them when somebody asks. */
#include "layout/ext_names.h"

#include "base/prefetch.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define ROOT_INODE 2
#define DEPTH_MAX 4096

int ext_names_init(struct ext_names *names, uint32_t inodes)
{
	memset(names, 0, sizeof(*names));
	names->of = calloc((size_t)inodes + 1, sizeof(*names->of));
	names->inodes = inodes;
	return names->of == NULL ? -1 : 0;
}

void ext_names_free(struct ext_names *names)
{
	free(names->of);
	free(names->pool);
	memset(names, 0, sizeof(*names));
}

int ext_names_add(struct ext_names *names, uint32_t parent, uint32_t inode, const char *name, size_t len)
{
	struct ext_name *entry;

	if (inode == 0 || inode > names->inodes || parent == 0 || len == 0 || len > 255)
		return 0;
	entry = &names->of[inode];
	if (entry->parent != 0 && entry->parent <= parent)
		return 0;
	if (names->used + 256 > UINT32_MAX ||
	    vec_reserve((void **)&names->pool, &names->cap, names->used + 256, 1) != 0)
		return -1;
	*entry = (struct ext_name){.parent = parent, .at = (uint32_t)names->used};
	names->pool[names->used++] = (char)len;
	memcpy(names->pool + names->used, name, len);
	names->used += len;
	return 0;
}

/* Puts "/NAME" before what is there, and leaves room for the mark of a cut; false when it does not fit. */
static bool prepend(const struct ext_names *names, const struct ext_name *entry, char *path, size_t *at)
{
	size_t n = (unsigned char)names->pool[entry->at];

	if (n + 5 > *at)
		return false;
	*at -= n;
	memcpy(path + *at, names->pool + entry->at + 1, n);
	path[--*at] = '/';
	return true;
}

bool ext_names_path(const struct ext_names *names, uint32_t inode, char *path, size_t len)
{
	size_t at = len - 1;
	bool cut = false;

	path[at] = '\0';
	if (inode == ROOT_INODE) {
		memcpy(path, "/", 2);
		return true;
	}
	/* Backwards from the name to the root; ends because of DEPTH_MAX even if directories go in a circle.
	 */
	for (int depth = 0; inode != ROOT_INODE; depth++) {
		const struct ext_name *entry;

		if (inode > names->inodes || depth == DEPTH_MAX)
			return false;
		entry = &names->of[inode];
		if (entry->parent == 0)
			return false;
		if (!cut && !prepend(names, entry, path, &at)) {
			/* Longer than the caller's room: the front is cut. */
			at -= 4;
			memcpy(path + at, "/...", 4);
			cut = true;
		}
		inode = entry->parent;
	}
	memmove(path, path + at, len - at);
	return true;
}

bool ext_names_has(const struct ext_names *names, uint32_t inode)
{
	for (int depth = 0; inode != ROOT_INODE; depth++) {
		if (inode > names->inodes || depth == DEPTH_MAX || names->of[inode].parent == 0)
			return false;
		inode = names->of[inode].parent;
	}
	return true;
}

void ext_names_expect(const struct ext_names *names, uint32_t inode, unsigned step)
{
	if (inode > names->inodes)
		return;
	if (step == 0) {
		prefetch(&names->of[inode]);
	} else if (names->of[inode].parent != 0) {
		prefetch(names->pool + names->of[inode].at);
		if (names->of[inode].parent <= names->inodes)
			prefetch(&names->of[names->of[inode].parent]);
	}
}
