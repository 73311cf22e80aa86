/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each file holds is put together in the order of the files, so it is the same for any number of
   threads. */
#include "trace/formats/blktrace_survey.h"

#include "base/bytes.h"
#include "base/threads.h"
#include "base/vec.h"
#include "trace/recorded.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct device_count {
	uint32_t device;
	struct trace_seen seen;
};

/* What one file holds. */
struct found {
	VEC(struct device_count) devices;
	struct remaps *remaps; /* NULL without any */
	struct recorded recorded;
	struct names names; /* of the devices, by their index */
	bool disordered;
	int status;
	struct err err;
};

struct survey {
	struct blktrace_file *files;
	struct found *found;
	size_t n;
	atomic_size_t next;
};

static void device_name(uint32_t dev, char name[REMAP_NAME])
{
	snprintf(name, REMAP_NAME, "%u,%u", dev >> 20, dev & 0xfffff);
}

long blktrace_device(struct trace *trace, uint32_t dev, struct err *err)
{
	char name[REMAP_NAME];

	device_name(dev, name);
	return trace_device(trace, name, strlen(name), err);
}

/* The last one that was met comes first in the search: a file seldom has several. */
static struct device_count *count_of(struct found *found, struct device_count *last, uint32_t device)
{
	struct device_count fresh = {.device = device};
	char name[16];
	long index;

	if (last != NULL && last->device == device)
		return last;
	snprintf(name, sizeof(name), "%x", device);
	index = names_index(&found->names, name, strlen(name), &found->err);
	if (index < 0)
		return NULL;
	if ((size_t)index == found->devices.n && VEC_PUSH(&found->devices, fresh) != 0)
		return NULL;
	return &found->devices.at[index];
}

/* struct blk_io_trace_remap: two devices and a sector, big-endian; a cgroup's number stands before it where
   the record has one. */
static int take_remap(struct found *found, const struct blktrace_file *file)
{
	const struct blktrace_record *r = &file->record;
	const uint8_t *p = file->pdu + (r->pdu_len >= 24 ? 8 : 0);
	char name[REMAP_NAME], from[REMAP_NAME];

	if (r->pdu_len < 16)
		return 0;
	if (found->remaps == NULL && (found->remaps = remaps_new()) == NULL)
		return err_nomem(&found->err);
	device_name(r->device, name);
	device_name(be32(p), from);
	remaps_add(found->remaps, name, from, r->sector, be64(p + 8));
	return 0;
}

/* Messages of ours say what the recorder knew. */
static void take_message(struct found *found, const struct blktrace_file *file)
{
	char text[sizeof(file->pdu) + 1];

	snprintf(text, sizeof(text), "%.*s", (int)file->record.pdu_len, (const char *)file->pdu);
	if (file->record.pdu_len < sizeof(text) && strncmp(text, RECORDED_SIGN, strlen(RECORDED_SIGN)) == 0)
		recorded_take(&found->recorded, text + strlen(RECORDED_SIGN));
}

static void see_access(struct found *found, const struct blktrace_record *r)
{
	char name[REMAP_NAME];

	if (found->remaps == NULL || remaps_have_enough(found->remaps))
		return;
	device_name(r->device, name);
	remaps_access(found->remaps, name, r->sector);
}

/* Counts a record; 0, or -1. */
static int take_record(struct found *found, const struct blktrace_file *file, struct device_count **last,
		       int64_t *newest)
{
	const struct blktrace_record *r = &file->record;
	int stage = (r->category & CAT_NOTIFY) == 0 ? blktrace_stage(r) : -1;
	int64_t time = r->time <= INT64_MAX ? (int64_t)r->time : INT64_MAX;
	struct access access = access_blank();

	if ((r->category & CAT_NOTIFY) != 0 && r->act == NOTIFY_MESSAGE)
		take_message(found, file);
	if ((r->category & CAT_NOTIFY) == 0 && r->act == ACT_REMAP)
		return take_remap(found, file);
	if (stage < 0 || !blktrace_op(r, &access))
		return 0;
	if (stage < STAGE_COMPLETE && access.op != ACCESS_FLUSH)
		see_access(found, r);
	if (access.op != ACCESS_FLUSH &&
	    !access_set_sectors(&access, r->sector, ((uint64_t)r->bytes + 511) / 512))
		return blktrace_bad(file, "before here: a request ends beyond 2^63 bytes", &found->err);
	*last = count_of(found, *last, r->device);
	if (*last == NULL)
		return found->names.n >= NAMES_MAX ? err_set(&found->err, "more than %d devices", NAMES_MAX)
						   : err_nomem(&found->err);
	if (stage < STAGES)
		(*last)->seen.stage[stage]++;
	found->disordered |= time < *newest;
	*newest = time;
	return 0;
}

static void read_file(struct blktrace_file *file, struct found *found)
{
	struct device_count *last = NULL;
	int64_t newest = INT64_MIN;

	while ((found->status = blktrace_advance(file, &found->err)) == 1) {
		found->status = take_record(found, file, &last, &newest);
		if (found->status != 0)
			return;
	}
}

static void work(void *context, unsigned member)
{
	struct survey *survey = context;
	size_t i;

	(void)member;
	while ((i = atomic_fetch_add(&survey->next, 1)) < survey->n)
		read_file(&survey->files[i], &survey->found[i]);
}

static int take_found(struct trace *trace, const struct found *found, struct err *err)
{
	if (found->status != 0) {
		*err = found->err;
		return -1;
	}
	trace->disordered |= found->disordered;
	trace_recorded(trace, &found->recorded);
	if (found->remaps != NULL && trace->remaps == NULL && (trace->remaps = remaps_new()) == NULL)
		return err_nomem(err);
	if (found->remaps != NULL)
		remaps_merge(trace->remaps, found->remaps);
	for (size_t i = 0; i < found->devices.n; i++) {
		const struct device_count *count = &found->devices.at[i];
		long index = blktrace_device(trace, count->device, err);

		if (index < 0)
			return -1;
		for (int stage = 0; stage < STAGES; stage++)
			trace->seen.at[index].stage[stage] += count->seen.stage[stage];
	}
	return 0;
}

int blktrace_survey(struct trace *trace, struct blktrace_file *files, size_t n, struct err *err)
{
	struct survey survey = {.files = files, .n = n, .found = calloc(n + 1, sizeof(struct found))};
	unsigned threads = trace->options.threads ? trace->options.threads : 1;
	int status = 0;

	if (survey.found == NULL)
		return err_nomem(err);
	if (threads > n)
		threads = n > 0 ? (unsigned)n : 1;
	threads_run(threads, work, &survey);
	for (size_t i = 0; i < n; i++) {
		if (status == 0)
			status = take_found(trace, &survey.found[i], err);
		VEC_FREE(&survey.found[i].devices);
		remaps_free(survey.found[i].remaps);
		names_done(&survey.found[i].names);
	}
	free(survey.found);
	return status;
}
