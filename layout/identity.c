/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of a space and of those in it. */
#include "layout/identity.h"

static bool lies_in(const struct space *space, const struct space *outer)
{
	/* Ends because every step goes one layer outwards. */
	for (int steps = 0; space != NULL && steps <= MAP_DEPTH_MAX; steps++, space = space->parent)
		if (space == outer)
			return true;
	return false;
}

static void add_words(struct identity *identity, const struct content *content)
{
	if (content->table[0] != '\0')
		identity_add(identity, content->type, content->table);
	identity_add(identity, "uuid", content->uuid);
}

void map_identity(const struct map *map, const struct space *space, struct identity *identity)
{
	*identity = (struct identity){.sectors = space->sectors};
	for (size_t i = 0; i < map->spaces.n && !map->anonymous; i++)
		if (lies_in(map->spaces.at[i], space))
			add_words(identity, &map->spaces.at[i]->content);
}

int identity_of_disk(const char *path, struct identity *identity, struct err *err)
{
	struct map_options options = {.shallow = true, .no_replay = true};
	struct map *map;

	if (map_open(&map, path, &options, err) != 0)
		return -1;
	map_identity(map, map_disk(map), identity);
	map_close(map);
	return 0;
}
