/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names by inode, and the paths that are made of them when somebody asks. */
#include "layout/file_names.h"

#include "base/prefetch.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define DEPTH_MAX 4096

#define PAGE_INODES (4096 / sizeof(struct file_name))

static size_t table_bytes(const struct file_names *names)
{
	return ((size_t)names->inodes + 1) * sizeof(*names->of);
}

int file_names_init(struct file_names *names, uint32_t inodes, uint32_t root)
{
	void *table;

	memset(names, 0, sizeof(*names));
	names->inodes = inodes;
	names->root = root;
	names->touched = calloc(inodes / PAGE_INODES / 8 + 1, 1);
	table = mmap(NULL, table_bytes(names), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (names->touched == NULL || table == MAP_FAILED)
		return -1;
	names->of = table;
	return 0;
}

/* Pays for a name, and for the page of the table that its inode lies in. */
static bool may_add(struct file_names *names, uint32_t inode, size_t len)
{
	size_t page = inode / PAGE_INODES;
	uint8_t bit = (uint8_t)(1u << (page & 7));
	uint64_t cost = 2 * (len + 1) + sizeof(struct file_link);

	if (!(names->touched[page >> 3] & bit))
		cost += PAGE_INODES * sizeof(struct file_name);
	if (!account_memory(names->account, cost)) {
		names->left_out = true;
		return false;
	}
	names->touched[page >> 3] |= bit;
	return true;
}

void file_names_free(struct file_names *names)
{
	if (names->of != NULL)
		munmap(names->of, table_bytes(names));
	free(names->touched);
	if (!names->borrowed || names->others.cap > 0)
		VEC_FREE(&names->others);
	if (!names->borrowed) {
		free((void *)names->listed);
		free(names->pool);
		VEC_FREE(&names->targets);
	}
	memset(names, 0, sizeof(*names));
}

static int compare_links(const void *left, const void *right)
{
	const struct file_link *a = left, *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

void file_names_sort(struct file_names *names)
{
	if (names->others.n > 1)
		qsort(names->others.at, names->others.n, sizeof(*names->others.at), compare_links);
}

/* The first of the further names whose inode is not below this one. */
static size_t first_other(const struct file_names *names, uint64_t inode)
{
	size_t low = 0, high = names->others.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->others.at[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t file_names_others(const struct file_names *names, uint32_t inode)
{
	size_t first = first_other(names, inode), end = first_other(names, (uint64_t)inode + 1);

	return end > first ? end - first : 0;
}

int file_names_pool(struct file_names *names, const char *bytes, size_t len, uint32_t *at)
{
	if (names->used + len > UINT32_MAX ||
	    vec_reserve((void **)&names->pool, &names->cap, names->used + len, 1) != 0)
		return -1;
	*at = (uint32_t)names->used;
	memcpy(names->pool + names->used, bytes, len);
	names->used += len;
	return 0;
}

int file_names_add(struct file_names *names, uint32_t parent, uint32_t inode, const char *name, size_t len)
{
	struct file_name *entry;
	struct file_link link = {.inode = inode, .parent = parent};
	char packed[256];

	if (inode == 0 || inode > names->inodes || parent == 0 || len == 0 || len > 255 ||
	    !may_add(names, inode, len))
		return 0;
	entry = &names->of[inode];
	packed[0] = (char)len;
	memcpy(packed + 1, name, len);
	if (file_names_pool(names, packed, len + 1, &link.at) != 0)
		return -1;
	if (entry->parent != 0 && entry->parent <= parent)
		return VEC_PUSH(&names->others, link);
	if (entry->parent != 0 &&
	    VEC_PUSH(&names->others, (struct file_link){inode, entry->parent, entry->at}) != 0)
		return -1;
	*entry = (struct file_name){.parent = parent, .at = link.at};
	return 0;
}

int file_names_add_target(struct file_names *names, uint32_t inode, const char *target, size_t len)
{
	struct file_target entry = {.inode = inode, .len = (uint32_t)len};

	if (!account_memory(names->account, 2 * (len + sizeof(entry))))
		return 0;
	if (file_names_pool(names, target, len, &entry.at) != 0)
		return -1;
	return VEC_PUSH(&names->targets, entry);
}

/* The first of the listed names whose inode is not lower. */
static size_t listed_from(const struct file_names *names, uint32_t inode)
{
	size_t low = 0, high = names->nlisted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->listed[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The one name of an inode; its parent is 0 when it has none. */
static struct file_name name_of(const struct file_names *names, uint32_t inode)
{
	size_t at;

	if (names->of != NULL)
		return inode <= names->inodes ? names->of[inode] : (struct file_name){0};
	at = listed_from(names, inode);
	if (at == names->nlisted || names->listed[at].inode != inode)
		return (struct file_name){0};
	return (struct file_name){names->listed[at].parent, names->listed[at].at};
}

bool file_names_next(const struct file_names *names, uint32_t *next, struct file_link *link)
{
	size_t at;

	for (; names->of != NULL && *next <= names->inodes; (*next)++)
		if (names->of[*next].parent != 0) {
			*link = (struct file_link){*next, names->of[*next].parent, names->of[*next].at};
			(*next)++;
			return true;
		}
	at = names->of == NULL ? listed_from(names, *next) : names->nlisted;
	if (at == names->nlisted || *next == UINT32_MAX)
		return false;
	*link = names->listed[at];
	*next = link->inode + 1;
	return true;
}

bool file_names_get(const struct file_names *names, uint32_t inode, uint32_t *parent, uint32_t *at)
{
	struct file_name name = name_of(names, inode);

	*parent = name.parent;
	*at = name.at;
	return name.parent != 0;
}

uint32_t file_names_parent(const struct file_names *names, uint32_t inode)
{
	return name_of(names, inode).parent;
}

/* Puts "/NAME" before what is there, and leaves room for the mark of a cut; false when it does not fit. */
static bool prepend(const struct file_names *names, const struct file_name *entry, char *path, size_t *at)
{
	size_t n = (unsigned char)names->pool[entry->at];

	if (n + 5 > *at)
		return false;
	*at -= n;
	memcpy(path + *at, names->pool + entry->at + 1, n);
	path[--*at] = '/';
	return true;
}

bool file_names_path(const struct file_names *names, uint32_t inode, char *path, size_t len)
{
	size_t at = len - 1;
	bool cut = false;

	path[at] = '\0';
	if (inode == names->root) {
		memcpy(path, "/", 2);
		return true;
	}
	/* Backwards from the name to the root; ends because of DEPTH_MAX even if directories go in a
	   circle. */
	for (int depth = 0; inode != names->root; depth++) {
		struct file_name entry = name_of(names, inode);

		if (entry.parent == 0 || depth == DEPTH_MAX)
			return false;
		if (!cut && !prepend(names, &entry, path, &at)) {
			/* Longer than the caller's room: the front is cut. */
			at -= 4;
			memcpy(path + at, "/...", 4);
			cut = true;
		}
		inode = entry.parent;
	}
	memmove(path, path + at, len - at);
	return true;
}

#define CHAIN_MAX 65536 /* one that is longer is taken for a circle */

bool file_names_is_too_deep(const struct file_names *names, uint32_t inode, uint64_t *steps)
{
	uint32_t depth = 0;

	for (; inode != names->root && inode != 0 && depth<CHAIN_MAX && * steps> 0; depth++, (*steps)--)
		inode = file_names_parent(names, inode);
	return inode == names->root && depth > DEPTH_MAX;
}

bool file_names_has(const struct file_names *names, uint32_t inode)
{
	for (int depth = 0; inode != names->root; depth++) {
		inode = file_names_parent(names, inode);
		if (inode == 0 || depth == DEPTH_MAX)
			return false;
	}
	return true;
}

void file_names_expect(const struct file_names *names, uint32_t inode, unsigned step)
{
	if (names->of == NULL || inode > names->inodes)
		return;
	if (step == 0) {
		prefetch(&names->of[inode]);
	} else if (names->of[inode].parent != 0) {
		prefetch(names->pool + names->of[inode].at);
		if (names->of[inode].parent <= names->inodes)
			prefetch(&names->of[names->of[inode].parent]);
	}
}

static bool is_named(const struct file_names *names, uint32_t at, const char *name, size_t len)
{
	return (unsigned char)names->pool[at] == len && memcmp(names->pool + at + 1, name, len) == 0;
}

uint32_t file_names_find(const struct file_names *names, uint32_t parent, const char *name, size_t len)
{
	for (size_t i = 0; i < names->nlisted; i++)
		if (names->listed[i].parent == parent && is_named(names, names->listed[i].at, name, len))
			return names->listed[i].inode;
	for (uint32_t inode = 1; names->of != NULL && inode <= names->inodes; inode++)
		if (names->of[inode].parent == parent && is_named(names, names->of[inode].at, name, len))
			return inode;
	for (size_t i = 0; i < names->others.n; i++)
		if (names->others.at[i].parent == parent &&
		    is_named(names, names->others.at[i].at, name, len))
			return names->others.at[i].inode;
	return 0;
}

const char *file_names_target(const struct file_names *names, uint32_t inode, size_t *len)
{
	for (size_t i = 0; i < names->targets.n; i++)
		if (names->targets.at[i].inode == inode) {
			*len = names->targets.at[i].len;
			return names->pool + names->targets.at[i].at;
		}
	return NULL;
}
