/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file system's names as tokens.  The new names come as a saved map has them: in lists. */
#include "base/text.h"
#include "layout/file_names.h"
#include "layout/saved/format.h"

#include <stdlib.h>
#include <string.h>

/* What every file system has says nothing. */
static bool is_common(const char *name, size_t len)
{
	return len == 0 || (len == 1 && name[0] == '.') || (len == 2 && memcmp(name, "..", 2) == 0) ||
	       (len == 10 && memcmp(name, "lost+found", 10) == 0);
}

size_t saved_name_token(const uint64_t key[2], const char *name, size_t len, char *token)
{
	if (!is_common(name, len)) {
		saved_token(key, name, len, token);
		return TOKEN_LEN;
	}
	memcpy(token, name, len);
	return len;
}

static int add_link(struct file_names *to, const struct file_names *from, const uint64_t key[2],
		    struct file_link *link)
{
	const char *name = from->pool + link->at;
	char token[257];

	token[0] = (char)saved_name_token(key, name + 1, (unsigned char)name[0], token + 1);
	return file_names_pool(to, token, (size_t)token[0] + 1, &link->at);
}

/* A path, part by part. */
static int add_target(struct file_names *to, const uint64_t key[2], uint32_t inode, const char *path,
		      size_t len)
{
	struct text hidden = {0};
	char token[257];
	int result = -1;

	while (len > 0) {
		const char *slash = memchr(path, '/', len);
		size_t part = slash ? (size_t)(slash - path) : len;

		text_add(&hidden, token, saved_name_token(key, path, part, token));
		if (slash != NULL)
			text_char(&hidden, '/');
		part += slash != NULL;
		path += part;
		len -= part;
	}
	if (!hidden.short_of_memory)
		result = file_names_add_target(to, inode, hidden.at ? hidden.at : "", hidden.n);
	text_free(&hidden);
	return result;
}

static int add_lists(struct file_names *to, const struct file_names *from, const uint64_t key[2])
{
	VEC(struct file_link) listed = {0};
	struct file_link link;
	uint32_t next = 1;
	int result = 0;

	while (result == 0 && file_names_next(from, &next, &link))
		result = add_link(to, from, key, &link) != 0 || VEC_PUSH(&listed, link) != 0 ? -1 : 0;
	to->listed = listed.at;
	to->nlisted = listed.n;
	for (size_t i = 0; result == 0 && i < from->others.n; i++) {
		link = from->others.at[i];
		result = add_link(to, from, key, &link) != 0 || VEC_PUSH(&to->others, link) != 0 ? -1 : 0;
	}
	for (size_t i = 0; result == 0 && i < from->targets.n; i++)
		result = add_target(to, key, from->targets.at[i].inode, from->pool + from->targets.at[i].at,
				    from->targets.at[i].len);
	return result;
}

int saved_anonymize_names(struct file_names *names, const uint64_t key[2])
{
	struct file_names hidden = {.inodes = names->inodes, .root = names->root};

	if (add_lists(&hidden, names, key) != 0) {
		file_names_free(&hidden);
		return -1;
	}
	file_names_free(names);
	*names = hidden;
	return 0;
}
