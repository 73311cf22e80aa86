/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of a file system's files in a saved map. */
#include "layout/file_names.h"
#include "layout/saved/format.h"

#include <string.h>

_Static_assert(sizeof(struct file_link) == 12 && sizeof(struct file_target) == 12,
	       "used as they lie in the file");

static void put_items(struct saved_out *out, enum saved_section section, const void *items, size_t n,
		      size_t size)
{
	struct text *tree = &out->sections[SAVED_TREE], *to = &out->sections[section];

	pack_u64(tree, to->n / size);
	pack_u64(tree, n);
	if (n > 0)
		text_add(to, items, n * size);
}

void saved_put_names(struct saved_out *out, const struct file_names *names)
{
	struct text *tree = &out->sections[SAVED_TREE], *to = &out->sections[SAVED_NAMES];
	size_t first = to->n / sizeof(struct file_link);
	struct file_link link;
	uint32_t next = 1;

	while (file_names_next(names, &next, &link))
		text_add(to, (const char *)&link, sizeof(link));
	pack_u64(tree, first);
	pack_u64(tree, to->n / sizeof(struct file_link) - first);
	put_items(out, SAVED_OTHERS, names->others.at, names->others.n, sizeof(struct file_link));
	put_items(out, SAVED_TARGETS, names->targets.at, names->targets.n, sizeof(struct file_target));
	put_items(out, SAVED_POOL, names->pool, names->used, 1);
}

const void *saved_get_items(struct saved_in *in, enum saved_section section, size_t size, size_t *n)
{
	uint64_t first = unpack_u64(&in->tree);
	uint64_t count = unpack_u64(&in->tree);
	const void *at = saved_items(in, section, size, first, count);

	*n = at ? count : 0;
	return at;
}

static bool link_is_sound(const struct file_names *names, const struct file_link *link)
{
	return link->inode != 0 && link->parent != 0 && link->at < names->used &&
	       (unsigned char)names->pool[link->at] < names->used - link->at;
}

static bool names_are_sound(const struct file_names *names)
{
	for (size_t i = 0; i < names->nlisted; i++)
		if (!link_is_sound(names, &names->listed[i]) ||
		    (i > 0 && names->listed[i].inode <= names->listed[i - 1].inode))
			return false;
	for (size_t i = 0; i < names->others.n; i++)
		if (!link_is_sound(names, &names->others.at[i]))
			return false;
	for (size_t i = 0; i < names->targets.n; i++)
		if (names->targets.at[i].at > names->used ||
		    names->targets.at[i].len > names->used - names->targets.at[i].at)
			return false;
	return true;
}

/* Version 1 kept further names as they were met: an array of its own, in order. */
static int sort_others(struct file_names *names)
{
	const struct file_link *met = names->others.at;
	size_t n = names->others.n;

	names->others.at = NULL;
	names->others.n = 0;
	if (n == 0)
		return 0;
	if (vec_reserve((void **)&names->others.at, &names->others.cap, n, sizeof(*met)) != 0)
		return -1;
	memcpy(names->others.at, met, n * sizeof(*met));
	names->others.n = n;
	file_names_sort(names);
	return 0;
}

void saved_get_names(struct saved_in *in, struct file_names *names)
{
	names->borrowed = true;
	names->listed = saved_get_items(in, SAVED_NAMES, sizeof(struct file_link), &names->nlisted);
	names->others.at =
	    (struct file_link *)saved_get_items(in, SAVED_OTHERS, sizeof(struct file_link), &names->others.n);
	names->targets.at = (struct file_target *)saved_get_items(
	    in, SAVED_TARGETS, sizeof(struct file_target), &names->targets.n);
	names->pool = (char *)saved_get_items(in, SAVED_POOL, 1, &names->used);
	in->tree.bad = in->tree.bad || !names_are_sound(names);
	if (in->version == 1 && !in->tree.bad)
		in->tree.bad = sort_others(names) != 0;
}
