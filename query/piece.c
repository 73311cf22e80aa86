/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What takes time is done when somebody asks. */
#include "query/piece.h"

const struct region *piece_region(struct piece *piece)
{
	if (piece->place == NULL)
		return NULL;
	if (!piece->is_described)
		region_describe(piece->map, piece->place, &piece->region);
	piece->is_described = true;
	return &piece->region;
}

const char *piece_path(struct piece *piece)
{
	const struct region *region = piece_region(piece);

	if (region == NULL)
		return NULL;
	if (!piece->knows_path)
		piece->has_path = region_path(region, piece->path, sizeof(piece->path));
	piece->knows_path = true;
	return piece->has_path ? piece->path : NULL;
}
