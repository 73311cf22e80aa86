/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Totals, regions and files as JSON, by hand as the other JSON is: there may be a million files. */
#include "base/json.h"
#include "base/threads.h"
#include "reports/shown.h"

#include <pthread.h>

static void add_counter(struct text *out, enum access_op op, const struct counter *counter)
{
	text_char(out, '"');
	text_str(out, access_op_name(op));
	json_u64(out, "\":{\"requests\":", counter->requests);
	json_u64(out, ",\"sectors\":", counter->sectors);
	json_u64(out, ",\"unaligned\":", counter->unaligned);
	text_char(out, '}');
}

/* Reads and writes always, the rarer ops where there were any. */
static void add_counters(struct text *out, const struct counters *counters)
{
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++)
		if (op <= ACCESS_WRITE || counters->op[op].requests > 0) {
			text_char(out, ',');
			add_counter(out, (enum access_op)op, &counters->op[op]);
		}
	text_char(out, '}');
}

static void add_totals(struct text *out, const struct counters *totals)
{
	text_str(out, " \"totals\":{");
	for (int op = ACCESS_READ; op <= ACCESS_ZERO; op++) {
		add_counter(out, (enum access_op)op, &totals->op[op]);
		text_char(out, ',');
	}
	json_u64(out, "\"flush\":{\"requests\":", totals->op[ACCESS_FLUSH].requests);
	text_str(out, "}},\n");
}

/* What the labels are as of. */
static void add_dated(struct text *out, const struct usage_dated *dated)
{
	const char *comma = "\"";

	if (dated->labels == 0)
		return;
	json_u64(out, " \"as_of\":{\"labels\":", dated->labels);
	json_u64(out, ",\"uncertain\":", usage_dated_uncertain(dated));
	text_str(out, ",\"why\":{");
	for (unsigned why = 0; why < HISTORY_WHYS; why++) {
		if (dated->uncertain[why] == 0)
			continue;
		text_str(out, comma);
		text_str(out, history_why_name((enum history_why)why));
		json_u64(out, "\":", dated->uncertain[why]);
		comma = ",\"";
	}
	text_char(out, '}');
	if (dated->last != 0) {
		json_u64(out, ",\"transactions\":[", dated->first);
		json_u64(out, ",", dated->last);
		text_char(out, ']');
	}
	text_str(out, "},\n");
}

static void add_regions(struct text *out, const struct usage_results *usage)
{
	text_str(out, " \"regions\":[");
	for (size_t i = 0; i < usage->regions.n; i++) {
		const struct region_result *region = &usage->regions.at[i];

		json_item(out, i);
		json_string(out, "{\"device\":", region->device);
		if (region->fs != NULL)
			json_string(out, ",\"fs\":", region->fs);
		json_string(out, ",\"kind\":", kind_name(region->kind));
		add_counters(out, &region->counters);
	}
	text_str(out, "],\n");
}

static void add_file(struct text *out, const struct usage_results *usage, size_t i, struct file_room *room)
{
	struct file_result file;

	usage_results_file(usage, i, &file, room);
	json_item(out, i);
	json_string(out, "{\"device\":", file.device);
	json_u64(out, ",\"inode\":", file.inode);
	if (file.has_generation)
		json_u64(out, ",\"generation\":", file.generation);
	json_path(out, file.path);
	if (file.deleted)
		text_str(out, ",\"flags\":[\"since-deleted\"]");
	if (usage_results_error(usage, &file) > 0)
		json_u64(out, ",\"error_sectors\":", usage_results_error(usage, &file));
	add_counters(out, file.counters);
}

/* Files are made into text by several threads, a share at a time, and put in the order of the shares: who
   comes early waits. */
#define FILES_SHARE 2048
#define FILES_AHEAD 16

struct shares {
	const struct usage_results *usage;
	struct json_sink *sink;
	size_t n;    /* of shares */
	size_t next; /* to be made */
	size_t turn; /* to be put */
	pthread_mutex_t mutex;
	pthread_cond_t turned;
};

static void make_share(struct text *out, const struct usage_results *usage, size_t share)
{
	size_t from = share * FILES_SHARE, n = usage_results_files(usage);
	size_t to = n < from + FILES_SHARE ? n : from + FILES_SHARE;
	struct file_room room;

	for (size_t i = from; i < to; i++) {
		usage_results_expect_file(usage, i + 2 * FILES_AHEAD, 0);
		usage_results_expect_file(usage, i + FILES_AHEAD, 1);
		add_file(out, usage, i, &room);
	}
}

/* The next share, or shares->n when there is none that anybody wants. */
static size_t take_share(struct shares *shares)
{
	size_t share;

	pthread_mutex_lock(&shares->mutex);
	share = shares->sink->status == 0 && shares->next < shares->n ? shares->next++ : shares->n;
	pthread_mutex_unlock(&shares->mutex);
	return share;
}

static void put_share(struct shares *shares, size_t share, struct text *text)
{
	pthread_mutex_lock(&shares->mutex);
	while (shares->turn != share)
		pthread_cond_wait(&shares->turned, &shares->mutex);
	shares->sink->out->short_of_memory |= text->short_of_memory;
	sink_put(shares->sink, text);
	shares->turn++;
	pthread_cond_broadcast(&shares->turned);
	pthread_mutex_unlock(&shares->mutex);
}

/* Waits only for shares that others have taken, who are therefore at work. */
static void add_shares(void *context, unsigned member)
{
	struct shares *shares = context;
	struct text text = {0};
	size_t share;

	(void)member;
	while ((share = take_share(shares)) < shares->n) {
		make_share(&text, shares->usage, share);
		put_share(shares, share, &text);
	}
	text_free(&text);
}

static void add_files(struct json_sink *sink, const struct usage_results *usage, unsigned threads)
{
	size_t n = (usage_results_files(usage) + FILES_SHARE - 1) / FILES_SHARE;
	struct shares shares = {.usage = usage, .sink = sink, .n = n};

	if (threads == 0)
		threads = 1;
	text_str(sink->out, " \"files\":[");
	if (sink->flush != NULL)
		sink_put(sink, sink->out);
	pthread_mutex_init(&shares.mutex, NULL);
	pthread_cond_init(&shares.turned, NULL);
	threads_run(n < threads ? (n > 0 ? (unsigned)n : 1) : threads, add_shares, &shares);
	pthread_mutex_destroy(&shares.mutex);
	pthread_cond_destroy(&shares.turned);
	text_str(sink->out, "],\n");
}

/* Only of parts that were cut. */
static void add_rest(struct text *out, const struct usage_rest *rest)
{
	if (rest->files == 0)
		return;
	json_u64(out, " \"rest\":{\"files\":", rest->files);
	add_counters(out, &rest->counters);
	text_str(out, ",\n");
}

void usage_json(struct json_sink *sink, const struct results *results, const struct statistic *asked)
{
	(void)asked;
	add_dated(sink->out, &results->usage.dated);
	add_totals(sink->out, &results->usage.totals);
	add_regions(sink->out, &results->usage);
	add_files(sink, &results->usage, results->threads);
	add_rest(sink->out, &results->usage.rest);
}
