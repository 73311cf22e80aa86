/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that a picture gives to places: "VG/LV ext4: journal", "inode table, group 3", "/hello".  Every
   name is kept once, with what was counted for it. */
#ifndef VIZ_NAMES_H
#define VIZ_NAMES_H

#include "analyzer/analysis.h"
#include "analyzer/heat.h"
#include "base/text.h"
#include "base/vec.h"
#include "layout/map.h"
#include "layout/region.h"
#include "viz/palette.h"

/* Whether every file and group has a name of its own, or only every device's kinds. */
enum detail { DETAIL_KINDS, DETAIL_ALL };

struct name {
	const struct space *device;
	enum kind kind;
	bool in_fs, beyond; /* beyond the disk's end */
	bool owned;         /* owner says more than the kind */
	uint32_t owner;     /* a file of its file system, or a group */
	uint64_t inode;     /* the file's number, or the group's */
	size_t label;       /* in the pool */
	uint64_t first;     /* where it was met first */
	uint64_t sectors;   /* of it that the picture shows */
	struct counters counters;
	uint64_t seen;   /* serial of the last request that was counted */
	unsigned number; /* in the legend, from 1; 0 while it has none */
};

struct name_table {
	const struct map *map;
	enum detail detail;
	size_t limit; /* after so many names, new ones are only kinds; 0 for no limit */
	VEC(struct name) list;
	uint32_t *slots; /* a hash table of indices into the list, plus 1 */
	size_t nslots;
	struct text pool;
	bool short_of_memory;
};

void names_init(struct name_table *names, const struct map *map, enum detail detail);
void names_free(struct name_table *names);

/* The index of a place's name, added when it is new.  Index 0 stands in when memory is short. */
uint32_t names_of(struct name_table *names, const struct place *place);

/* The name of a region in the words of a picture; detail as above. */
void name_label(struct text *out, const struct region *region, enum detail detail);

static inline const char *name_text(const struct name_table *names, uint32_t name)
{
	return names->pool.at == NULL ? "" : names->pool.at + names->list.at[name].label;
}

static inline enum family name_family(const struct name_table *names, uint32_t name)
{
	return kind_family(names->list.at[name].kind);
}

/* Counts the accesses of each name that is there: one by one where all of them are known, else from the
   analysis, which knows regions and files. */
void names_count(struct name_table *names, const struct heat *heat, const struct analysis *analysis);

/* Numbers the names that the picture shows, in order of address.  When there are more than NUMBERS_MAX, those
   with most accesses and then the largest have one. */
#define NUMBERS_MAX 120
void names_number(struct name_table *names);

static inline uint64_t name_requests(const struct name *name)
{
	uint64_t sum = 0;

	for (int op = 0; op < ACCESS_OPS; op++)
		sum += name->counters.op[op].requests;
	return sum;
}

#endif
