/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading blocks as they were. */
#include "layout/ext/versions.h"

#include "layout/ext/ext_private.h"

#include <string.h>

/* The first version of a block that is not older than a state. */
static size_t lower_bound(const struct versions *versions, uint64_t home, uint32_t state)
{
	size_t low = 0, high = versions->sorted.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct version *version = &versions->sorted.at[middle];

		if (version->home < home || (version->home == home && version->state < state))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_of(const struct versions *versions, size_t i, uint64_t home)
{
	return i < versions->sorted.n && versions->sorted.at[i].home == home;
}

size_t versions_of(const struct versions *versions, uint64_t home, size_t *n)
{
	size_t first = lower_bound(versions, home, 0);

	for (*n = 0; is_of(versions, first + *n, home); (*n)++)
		;
	return first;
}

int version_read(const struct versions *versions, const struct version *version, uint8_t *buf)
{
	static const uint8_t magic[4] = {LOG_MAGIC >> 24, LOG_MAGIC >> 16 & 0xff, LOG_MAGIC >> 8 & 0xff,
					 LOG_MAGIC & 0xff};
	const struct ext *ext = versions->ext;
	struct err why;
	uint64_t block;

	if (!ext_log_home(ext, version->at, &block) ||
	    space_read_below(ext->fs.space, block * ext->block_size, buf, ext->block_size, &why) != 0)
		return -1;
	if (version->escaped)
		memcpy(buf, magic, sizeof(magic));
	return 0;
}

static int read_one(struct versions *versions, uint64_t block, uint8_t *buf, struct err *err)
{
	const struct ext *ext = versions->ext;
	size_t after = lower_bound(versions, block, versions->state + 1);
	const struct version *version = NULL;

	if (after > 0 && is_of(versions, after - 1, block)) {
		version = &versions->sorted.at[after - 1];
	} else if (is_of(versions, after, block)) {
		version = &versions->sorted.at[after];
		versions->guessed = true;
	}
	if (version == NULL)
		return space_read(ext->fs.space, block * ext->block_size, buf, ext->block_size, err);
	return version_read(versions, version, buf) == 0 ? 0 : err_set(err, "its copy cannot be read");
}

int versions_read(struct versions *versions, uint64_t block, uint8_t *buf, uint32_t count, struct err *err)
{
	for (uint32_t i = 0; i < count; i++)
		if (read_one(versions, block + i, buf + (size_t)i * versions->ext->block_size, err) != 0)
			return -1;
	return 0;
}

uint32_t versions_next(const struct versions *versions, uint64_t home, uint32_t state)
{
	size_t next = lower_bound(versions, home, state + 1);

	return is_of(versions, next, home) ? versions->sorted.at[next].state : versions->states + 1;
}
