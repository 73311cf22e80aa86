/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "analyzer/across.h"

#include "analyzer/latency.h"
#include "base/siphash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void across_init(struct across *across)
{
	memset(across, 0, sizeof(*across));
}

void across_done(struct across *across)
{
	for (unsigned by = 0; by < ACROSS_SUMS; by++) {
		VEC_FREE(&across->sums[by].list);
		keys_free(&across->sums[by].index);
	}
	VEC_FREE(&across->machines);
	keys_free(&across->index);
	pool_free(&across->strings);
}

/* --- rows by name --- */

static uint64_t hash(const char *name)
{
	static const uint64_t key[2] = {0x626c6b6d6170, 0x6163726f7373};

	return siphash(key, name, strlen(name));
}

static struct across_sum *find_sum(struct across *across, enum across_by by, const char *name)
{
	struct across_sums *sums = &across->sums[by];
	struct across_sum sum = {.name = name};
	uint64_t key = hash(name);
	size_t *index;

	/* Names of one hash take the keys behind it. */
	while ((index = keys_get(&sums->index, key)) != NULL && *index != 0 &&
	       strcmp(sums->list.at[*index - 1].name, name) != 0)
		key++;
	if (index == NULL)
		return NULL;
	if (*index == 0) {
		sum.name = pool_string(&across->strings, name);
		if (sum.name == NULL || VEC_PUSH(&sums->list, sum) != 0)
			return NULL;
		*index = sums->list.n;
	}
	return &sums->list.at[*index - 1];
}

static struct across_sum *add_sum(struct across *across, enum across_by by, const char *name,
				  const struct counters *counters, size_t machine)
{
	struct across_sum *sum = find_sum(across, by, name);

	if (sum == NULL)
		return NULL;
	counters_merge(&sum->counters, counters);
	sum->machines += sum->latest != machine + 1;
	sum->latest = machine + 1;
	return sum;
}

/* --- what is comparable --- */

/* The names of devices say what they are (docs/contract.md): disk, part1, VG/LV, md0. */
static const char *role(const char *device)
{
	if (strcmp(device, "disk") == 0)
		return "disk";
	if (strchr(device, '/') != NULL)
		return "volume";
	if (strncmp(device, "part", 4) == 0)
		return "partition";
	return strncmp(device, "md", 2) == 0 ? "array" : "other";
}

static int add_regions(struct across *across, const struct usage_results *usage, size_t machine)
{
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct region_result *region = &usage->regions.at[i];
		const char *kind = kind_name(region->kind);

		if (add_sum(across, ACROSS_KIND, kind, &region->counters, machine) == NULL ||
		    add_sum(across, ACROSS_ROLE, role(region->device), &region->counters, machine) == NULL)
			return -1;
		if (region->kind == KIND_JOURNAL)
			across->machines.at[machine].journal += region->counters.op[ACCESS_WRITE].sectors;
	}
	return 0;
}

/* A path that several file systems of a disk have counts once for what a cut part lacks. */
static int add_files(struct across *across, const struct usage_results *usage, size_t machine)
{
	struct file_result file;
	struct file_room room;

	for (size_t i = 0; i < usage_results_files(usage); i++) {
		struct across_sum *sum;

		usage_results_file(usage, i, &file, &room);
		sum = add_sum(across, ACROSS_PATH, file.path, file.counters, machine);
		if (sum == NULL)
			return -1;
		if (sum->trace != across->traces)
			sum->known += file.known;
		sum->trace = across->traces;
	}
	across->rest.files += usage->rest.files;
	across->rest.least += usage->rest.least;
	counters_merge(&across->rest.counters, &usage->rest.counters);
	return 0;
}

static int add_alignment(struct across *across, struct across_machine *machine,
			 const struct alignment_results *alignment)
{
	for (size_t i = 0; i < alignment->devices.n; i++) {
		const struct device_result *device = &alignment->devices.at[i];

		machine->partial_blocks += device->partial_blocks;
		for (int cause = 0; cause < CAUSES; cause++) {
			machine->causes[cause] += device->causes[cause].requests;
			if (device->causes[cause].requests == 0 || machine->detail[0] != '\0')
				continue;
			machine->detail = pool_string(&across->strings, device->causes[cause].detail);
			if (machine->detail == NULL)
				return -1;
		}
	}
	return 0;
}

static void add_latency(struct across_machine *machine, const struct results *results)
{
	const struct latency_results *latency = results_of(results, &statistic_latency);

	for (int op = 0; latency != NULL && op < ACCESS_OPS; op++)
		if (latency->totals.op[op].most > machine->worst_ns)
			machine->worst_ns = latency->totals.op[op].most;
}

/* --- machines --- */

/* Which row it is, plus 1; 0 without memory. */
static size_t find_machine(struct across *across, const char *name, const char *words,
			   const struct results_disk *disk)
{
	struct text whole = {0};
	struct across_machine row = {.detail = ""};
	size_t *index = NULL;

	text_printf(&whole, "%s\n%s", name, words[0] != '\0' ? words : disk->file ? disk->file : "");
	if (!whole.short_of_memory)
		index = keys_get(&across->index, hash(whole.at));
	text_free(&whole);
	if (index == NULL || *index != 0)
		return index != NULL ? *index : 0;
	row.machine = pool_string(&across->strings, name);
	row.disk = pool_string(&across->strings, disk->file ? disk->file : "");
	if (row.machine == NULL || row.disk == NULL || VEC_PUSH(&across->machines, row) != 0)
		return 0;
	*index = across->machines.n;
	return *index;
}

int across_add(struct across *across, const char *machine, const char *words, const struct results *results)
{
	size_t at = find_machine(across, machine, words, &results->disk);
	struct across_machine *row;

	if (at == 0)
		return -1;
	row = &across->machines.at[at - 1];
	row->traces++;
	across->traces++;
	row->accesses += results->trace.accesses;
	counters_merge(&row->totals, &results->usage.totals);
	add_latency(row, results);
	if (add_alignment(across, row, &results->alignment) != 0 ||
	    add_regions(across, &results->usage, at - 1) != 0)
		return -1;
	return add_files(across, &results->usage, at - 1);
}

const char *across_verdict(const struct across_machine *machine)
{
	enum cause most = CAUSE_PARTITION;

	if (machine->totals.op[ACCESS_WRITE].requests == 0)
		return "no writes";
	for (int cause = 0; cause < CAUSES; cause++)
		if (machine->causes[cause] > machine->causes[most])
			most = (enum cause)cause;
	return machine->causes[most] > 0 ? cause_name(most) : "aligned";
}

/* --- in order --- */

static int compare_written(const struct counters *a, const struct counters *b)
{
	uint64_t left = a->op[ACCESS_WRITE].sectors, right = b->op[ACCESS_WRITE].sectors;

	return left > right ? -1 : left < right;
}

static int compare_machines(const void *left, const void *right)
{
	const struct across_machine *a = left, *b = right;
	int order = compare_written(&a->totals, &b->totals);

	if (order == 0)
		order = strcmp(a->machine, b->machine);
	return order != 0 ? order : strcmp(a->disk, b->disk);
}

static int compare_sums(const void *left, const void *right)
{
	const struct across_sum *a = left, *b = right;
	int order = compare_written(&a->counters, &b->counters);

	return order != 0 ? order : strcmp(a->name, b->name);
}

void across_order(struct across *across)
{
	keys_free(&across->index);
	if (across->machines.n > 0)
		qsort(across->machines.at, across->machines.n, sizeof(*across->machines.at),
		      compare_machines);
	for (unsigned by = 0; by < ACROSS_SUMS; by++) {
		keys_free(&across->sums[by].index);
		if (across->sums[by].list.n > 0)
			qsort(across->sums[by].list.at, across->sums[by].list.n,
			      sizeof(*across->sums[by].list.at), compare_sums);
	}
}
