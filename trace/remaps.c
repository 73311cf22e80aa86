/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events of one request stand near each other, so the last few of both kinds are enough to see which sectors
   an access has. */
#include "trace/remaps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECENT 32
#define ENOUGH 100000

struct recent {
	char name[REMAP_NAME];
	uint64_t sector, from_sector;
	size_t source; /* of a remap */
};

struct remaps {
	struct remap_source sources[REMAP_SOURCES];
	size_t n;
	struct recent accesses[RECENT], events[RECENT];
	size_t naccesses, nevents; /* that there have been */
};

struct remaps *remaps_new(void)
{
	return calloc(1, sizeof(struct remaps));
}

void remaps_free(struct remaps *remaps)
{
	free(remaps);
}

size_t remaps_count(const struct remaps *remaps)
{
	return remaps != NULL ? remaps->n : 0;
}

const struct remap_source *remaps_source(const struct remaps *remaps, size_t i)
{
	return &remaps->sources[i];
}

bool remaps_have_enough(const struct remaps *remaps)
{
	return remaps->naccesses >= ENOUGH;
}

static size_t source_index(const struct remaps *remaps, const char *name)
{
	size_t i = 0;

	while (i < remaps->n && strcmp(remaps->sources[i].name, name) != 0)
		i++;
	return i;
}

const struct remap_source *remaps_find(const struct remaps *remaps, const char *name)
{
	size_t i = remaps != NULL ? source_index(remaps, name) : 0;

	return remaps != NULL && i < remaps->n ? &remaps->sources[i] : NULL;
}

/* The source of that name, made when it is new; NULL when there are too many. */
static struct remap_source *get_source(struct remaps *remaps, const char *name)
{
	size_t i = source_index(remaps, name);

	if (i == REMAP_SOURCES)
		return NULL;
	if (i == remaps->n)
		snprintf(remaps->sources[remaps->n++].name, REMAP_NAME, "%s", name);
	return &remaps->sources[i];
}

/* The first of different distances are worth more than more of the same. */
static void add_sample(struct remap_source *source, uint64_t from, uint64_t to)
{
	for (unsigned i = 0; i < source->n; i++)
		if (source->at[i].from == from && source->at[i].to == to)
			return;
	if (source->n == REMAP_SAMPLES)
		return;
	source->at[source->n].from = from;
	source->at[source->n++].to = to;
}

/* A bio that is remapped twice: what went onto this source's sector. */
static void see_chain(struct remaps *remaps, const char *from, uint64_t from_sector)
{
	size_t n = remaps->nevents < RECENT ? remaps->nevents : RECENT;

	for (size_t i = 0; i < n; i++) {
		const struct recent *event = &remaps->events[i];

		if (event->sector == from_sector && strcmp(event->name, from) != 0)
			remaps->sources[event->source].onto++;
	}
}

static void see_own(struct remaps *remaps, struct remap_source *source, uint64_t sector, uint64_t from_sector)
{
	size_t n = remaps->naccesses < RECENT ? remaps->naccesses : RECENT;

	for (size_t i = 0; i < n && sector != from_sector; i++)
		source->own += remaps->accesses[i].sector == from_sector &&
			       strcmp(remaps->accesses[i].name, source->name) == 0;
}

void remaps_add(struct remaps *remaps, const char *name, const char *from, uint64_t sector,
		uint64_t from_sector)
{
	struct remap_source *source = get_source(remaps, from);
	struct recent *event = &remaps->events[remaps->nevents % RECENT];

	if (source == NULL || (remaps->nevents >= ENOUGH && source->n > 0))
		return;
	add_sample(source, from_sector, sector);
	if (source->below[0] == '\0' && strcmp(name, from) != 0)
		snprintf(source->below, REMAP_NAME, "%s", name);
	see_chain(remaps, from, from_sector);
	see_own(remaps, source, sector, from_sector);
	snprintf(event->name, REMAP_NAME, "%s", from);
	event->sector = sector;
	event->from_sector = from_sector;
	event->source = (size_t)(source - remaps->sources);
	remaps->nevents++;
}

void remaps_access(struct remaps *remaps, const char *name, uint64_t sector)
{
	size_t n = remaps->nevents < RECENT ? remaps->nevents : RECENT;
	struct recent *access = &remaps->accesses[remaps->naccesses++ % RECENT];

	snprintf(access->name, REMAP_NAME, "%s", name);
	access->sector = sector;
	for (size_t i = 0; i < n; i++) {
		const struct recent *event = &remaps->events[i];
		struct remap_source *source = &remaps->sources[event->source];

		if (event->sector != sector || event->sector == event->from_sector)
			continue;
		if (strcmp(event->name, name) == 0) {
			source->lower++;
		} else if (source_index(remaps, name) == remaps->n) {
			source->landed++;
			snprintf(source->below, REMAP_NAME, "%s", name);
		}
	}
}

void remaps_merge(struct remaps *remaps, const struct remaps *other)
{
	for (size_t i = 0; i < other->n; i++) {
		const struct remap_source *from = &other->sources[i];
		struct remap_source *into = get_source(remaps, from->name);

		if (into == NULL)
			continue;
		for (unsigned j = 0; j < from->n; j++)
			add_sample(into, from->at[j].from, from->at[j].to);
		into->own += from->own;
		into->lower += from->lower;
		into->onto += from->onto;
		into->landed += from->landed;
		if (from->below[0] != '\0')
			snprintf(into->below, REMAP_NAME, "%s", from->below);
	}
}
