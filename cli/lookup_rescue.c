/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies in the areas that ddrescue has not saved. */
#include "cli/lookup.h"

#include "base/size.h"

#include <inttypes.h>

/* How much there is of each state, on standard error. */
static void note_rescue(const struct lookup *lookup, const struct rescue_map *rescue)
{
	uint64_t end = map_disk(lookup->map)->sectors << SECTOR_SHIFT, beyond = 0;
	struct err note;

	for (int state = 0; state < RESCUE_STATES; state++) {
		uint64_t areas = 0, bytes = 0;

		for (size_t i = 0; i < rescue->areas.n; i++) {
			const struct rescue_area *area = &rescue->areas.at[i];

			areas += area->state == (enum rescue)state;
			bytes += area->state == (enum rescue)state ? area->bytes : 0;
			beyond += state == 0 && area->from + area->bytes > end;
		}
		if (areas == 0)
			continue;
		err_set(&note, "note: %" PRIu64 " area%s of %" PRIu64 " bytes: %s", areas,
			areas == 1 ? "" : "s", bytes, rescue_words((enum rescue)state));
		fail(lookup->ddrescue, &note);
	}
	if (beyond == 0)
		return;
	err_set(&note,
		"warning: %" PRIu64 " areas end beyond the disk, which has %" PRIu64
		" bytes: it is of another",
		beyond, end);
	fail(lookup->ddrescue, &note);
}

int lookup_rescue(struct lookup *lookup)
{
	uint64_t end = map_disk(lookup->map)->sectors;
	struct rescue_map rescue = {0};
	struct err err;
	int status = 0;

	if (rescue_read(&rescue, lookup->ddrescue, &err) != 0)
		status = fail(lookup->ddrescue, &err);
	else
		note_rescue(lookup, &rescue);
	for (size_t i = 0; i < rescue.areas.n && status == 0; i++) {
		const struct rescue_area *area = &rescue.areas.at[i];
		uint64_t to = (area->from + area->bytes + SECTOR_SIZE - 1) >> SECTOR_SHIFT;

		lookup->state = area;
		if (to > end)
			to = end;
		if (to > area->from >> SECTOR_SHIFT)
			status = lookup_run(lookup, map_disk(lookup->map), area->from >> SECTOR_SHIFT,
					    to - (area->from >> SECTOR_SHIFT), &(struct lookup_from){0});
	}
	lookup->state = NULL;
	VEC_FREE(&rescue.areas);
	return status;
}
