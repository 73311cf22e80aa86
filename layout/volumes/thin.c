/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walking the B-trees of a dm-thin pool's metadata: a tree of devices, whose values are the roots of
   trees from thin chunk to pool chunk. */
#include "layout/volumes/thin.h"

#include "base/bytes.h"
#include "base/crc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 4096u
#define SUPER_MAGIC 27022010
#define SUPER_SALT 160774
#define NODE_SALT 121107
#define NODE_HEADER 32
#define DEPTH_MAX 16
#define TIME_BITS 24
#define DEVICES_MAX 8192 /* twice what a map has spaces for */

enum node_flag { NODE_INTERNAL = 1, NODE_LEAF = 2 };

struct walk {
	struct thin_pool *pool;
	const struct space *metadata;
	uint64_t data_root;
	/* Nodes that may still be read: a sound tree has no more than the volume has blocks. */
	uint64_t budget, devices_budget;
	unsigned devices; /* looked at: snapshots share nodes, so that each has a budget of its own */
	uint64_t device;
	bool short_of_memory;
};

static bool checksum_fits(const uint8_t *block, uint32_t salt)
{
	return (crc32c_update(~UINT32_C(0), block + 4, BLOCK - 4) ^ salt) == le32(block);
}

static bool damaged(struct walk *walk, uint64_t block, const char *why)
{
	if (walk->pool->damaged++ == 0)
		snprintf(walk->pool->damage, sizeof(walk->pool->damage), "metadata block %" PRIu64 ": %s",
			 block, why);
	return false;
}

static bool read_node(struct walk *walk, uint64_t block, uint8_t *node)
{
	struct err why;
	uint64_t room;

	if (account_is_spent(walk->metadata->account))
		return damaged(walk, block, "more than there is room for");
	if (walk->budget == 0)
		return damaged(walk, block, "the tree goes in a circle");
	walk->budget--;
	if (block >= space_bytes(walk->metadata) / BLOCK ||
	    space_read(walk->metadata, block * BLOCK, node, BLOCK, &why) != 0)
		return damaged(walk, block, "cannot be read");
	if (!checksum_fits(node, NODE_SALT) || le64(node + 8) != block)
		return damaged(walk, block, "wrong checksum");
	room = (BLOCK - NODE_HEADER) / (8 + (uint64_t)le32(node + 24));
	if (le32(node + 20) > room || le32(node + 16) > le32(node + 20) || le32(node + 24) != 8)
		return damaged(walk, block, "not a node of the mapping tree");
	return true;
}

static uint64_t node_key(const uint8_t *node, uint32_t i)
{
	return le64(node + NODE_HEADER + 8 * (size_t)i);
}

static uint64_t node_value(const uint8_t *node, uint32_t i)
{
	return le64(node + NODE_HEADER + 8 * (size_t)le32(node + 20) + 8 * (size_t)i);
}

static void add_mapping(struct walk *walk, uint64_t from, uint64_t to)
{
	struct thin_pool *pool = walk->pool;
	struct thin_run *last = pool->runs.n > 0 ? &pool->runs.at[pool->runs.n - 1] : NULL;
	struct thin_run run = {.device = walk->device, .from = from, .to = to, .count = 1};

	if (to >= pool->chunks) {
		damaged(walk, 0, "a mapping leaves the data volume");
		return;
	}
	if (last != NULL && last->device == walk->device && last->from + last->count == from &&
	    last->to + last->count == to)
		last->count++;
	else if (last != NULL && last->device == walk->device && from < last->from + last->count)
		damaged(walk, 0, "mappings that are not in order");
	else if (!account_memory(walk->metadata->account, 2 * sizeof(run)))
		damaged(walk, 0, "more mappings than there is room for");
	else if (VEC_PUSH(&pool->runs, run) != 0)
		walk->short_of_memory = true;
}

static void walk_tree(struct walk *walk, uint64_t root, unsigned depth, bool devices);

static void walk_device(struct walk *walk, uint64_t device, uint64_t root)
{
	if (walk->devices > 0 && device <= walk->device) {
		damaged(walk, 0, "devices that are not in order");
		return;
	}
	if (walk->devices == DEVICES_MAX) {
		damaged(walk, root, "too many devices");
		return;
	}
	walk->devices++;
	walk->device = device;
	walk->devices_budget = walk->budget;
	walk->budget = space_bytes(walk->metadata) / BLOCK;
	walk_tree(walk, root, 0, false);
	walk->budget = walk->devices_budget;
}

static void walk_leaf(struct walk *walk, const uint8_t *node, bool devices)
{
	for (uint32_t i = 0; i < le32(node + 16); i++) {
		if (devices)
			walk_device(walk, node_key(node, i), node_value(node, i));
		else
			add_mapping(walk, node_key(node, i), node_value(node, i) >> TIME_BITS);
	}
}

/* Recursion ends because of DEPTH_MAX, and the whole walk because of the budgets. */
static void walk_tree(struct walk *walk, uint64_t root, unsigned depth, bool devices)
{
	uint8_t *node = malloc(BLOCK);

	if (node == NULL) {
		walk->short_of_memory = true;
		return;
	}
	if (depth == DEPTH_MAX)
		damaged(walk, root, "the tree is too deep");
	else if (!read_node(walk, root, node))
		;
	else if (le32(node + 4) & NODE_LEAF)
		walk_leaf(walk, node, devices);
	else
		for (uint32_t i = 0; i < le32(node + 16); i++)
			walk_tree(walk, node_value(node, i), depth + 1, devices);
	free(node);
}

static int read_super(struct walk *walk, struct err *err)
{
	uint8_t super[BLOCK];

	if (space_read(walk->metadata, 0, super, sizeof(super), err) != 0)
		return -1;
	if (le64(super + 32) != SUPER_MAGIC)
		return err_set(err, "no thin-pool superblock");
	if (!checksum_fits(super, SUPER_SALT))
		return err_set(err, "the thin-pool superblock has a wrong checksum");
	walk->pool->transaction = le64(super + 48);
	walk->pool->chunks = le64(super + 64);
	walk->data_root = le64(super + 320);
	walk->pool->chunk_sectors = le32(super + 336);
	if (walk->pool->chunk_sectors == 0)
		return err_set(err, "the thin-pool superblock has no chunk size");
	return 0;
}

int thin_pool_read(struct thin_pool *pool, const struct space *metadata, struct err *err)
{
	struct walk walk = {
	    .pool = pool,
	    .metadata = metadata,
	    .budget = space_bytes(metadata) / BLOCK,
	};

	memset(pool, 0, sizeof(*pool));
	if (read_super(&walk, err) != 0)
		return -1;
	walk_tree(&walk, walk.data_root, 0, true);
	if (!walk.short_of_memory)
		return 0;
	thin_pool_free(pool);
	return err_nomem(err);
}

void thin_pool_free(struct thin_pool *pool)
{
	VEC_FREE(&pool->runs);
}
