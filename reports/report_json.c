/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report as the contract's JSON document, by hand as the other JSON is: it may have a million files. Each
   region, file and device has a line of its own. */
#include "base/json.h"
#include "base/threads.h"
#include "reports/report.h"

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

/* Begins the i-th item of a list. */
static void add_item(struct text *out, size_t i)
{
	text_str(out, i > 0 ? ",\n  " : "\n  ");
}

static void add_list(struct text *out, const char *key, const char *const *texts, size_t n)
{
	text_str(out, key);
	for (size_t i = 0; i < n; i++) {
		add_item(out, i);
		json_string(out, "", texts[i]);
	}
}

/* Only where there are any; they come first. */
static void add_warnings(struct text *out, const struct report *report)
{
	text_char(out, '{');
	if (report->warnings.n == 0)
		return;
	add_list(out, "\"warnings\":[", report->warnings.at, report->warnings.n);
	text_str(out, "],\n ");
}

static void add_trace(struct text *out, const struct report_trace *trace)
{
	json_string(out, "\"trace\":{\"file\":", trace->file);
	json_string(out, ",\"format\":", trace->format);
	if (trace->event != NULL)
		json_string(out, ",\"event\":", trace->event);
	if (trace->relative_to != NULL)
		json_string(out, ",\"relative_to\":", trace->relative_to);
	if (trace->identity != NULL)
		json_string(out, ",\"identity\":", trace->identity);
	json_u64(out, ",\"accesses\":", trace->accesses);
	json_u64(out, ",\"windows\":", trace->windows);
	json_u64(out, ",\"outside\":", trace->outside + trace->past);
	text_str(out, "},\n");
}

static void add_disk(struct text *out, const struct report_disk *disk)
{
	if (disk->file == NULL)
		return;
	json_string(out, " \"disk\":{\"file\":", disk->file);
	json_u64(out, ",\"sectors\":", disk->sectors);
	text_str(out, "},\n");
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

static void add_regions(struct text *out, const struct report *report)
{
	text_str(out, " \"regions\":[");
	for (size_t i = 0; i < report->regions.n; i++) {
		const struct report_region *region = &report->regions.at[i];

		add_item(out, i);
		json_string(out, "{\"device\":", region->device);
		if (region->fs != NULL)
			json_string(out, ",\"fs\":", region->fs);
		json_string(out, ",\"kind\":", kind_name(region->kind));
		add_counters(out, &region->counters);
	}
	text_str(out, "],\n");
}

static void add_file(struct text *out, const struct report *report, size_t i, struct report_room *room)
{
	struct report_file file;

	report_file(report, i, &file, room);
	add_item(out, i);
	json_string(out, "{\"device\":", file.device);
	json_u64(out, ",\"inode\":", file.inode);
	json_path(out, file.path);
	add_counters(out, file.counters);
}

/* Where a document goes. */
struct sink {
	struct text *out;
	report_flush *flush; /* or NULL */
	int status;
};

static void put(struct sink *sink, struct text *text)
{
	if (sink->status == 0 && sink->flush != NULL)
		sink->status = sink->flush(text);
	else if (sink->status == 0)
		text_add(sink->out, text->at, text->n);
	text_clear(text);
}

/* Files are made into text by several threads, a share at a time, and put in the order of the shares: who
   comes early waits. */
#define FILES_SHARE 2048
#define FILES_AHEAD 16

struct shares {
	const struct report *report;
	struct sink *sink;
	size_t n;    /* of shares */
	size_t next; /* to be made */
	size_t turn; /* to be put */
	pthread_mutex_t mutex;
	pthread_cond_t turned;
};

static void make_share(struct text *out, const struct report *report, size_t share)
{
	size_t from = share * FILES_SHARE, n = report_files(report);
	size_t to = n < from + FILES_SHARE ? n : from + FILES_SHARE;
	struct report_room room;

	for (size_t i = from; i < to; i++) {
		report_expect_file(report, i + 2 * FILES_AHEAD, 0);
		report_expect_file(report, i + FILES_AHEAD, 1);
		add_file(out, report, i, &room);
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
	put(shares->sink, text);
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
		make_share(&text, shares->report, share);
		put_share(shares, share, &text);
	}
	text_free(&text);
}

static void add_files(struct sink *sink, const struct report *report)
{
	size_t n = (report_files(report) + FILES_SHARE - 1) / FILES_SHARE;
	struct shares shares = {.report = report, .sink = sink, .n = n};
	unsigned threads = report->threads > 0 ? report->threads : 1;

	text_str(sink->out, " \"files\":[");
	if (sink->flush != NULL)
		put(sink, sink->out);
	pthread_mutex_init(&shares.mutex, NULL);
	pthread_cond_init(&shares.turned, NULL);
	threads_run(n < threads ? (n > 0 ? (unsigned)n : 1) : threads, add_shares, &shares);
	pthread_mutex_destroy(&shares.mutex);
	pthread_cond_destroy(&shares.turned);
	text_str(sink->out, "],\n");
}

static void add_causes(struct text *out, const struct report_device *device)
{
	const char *comma = "";

	text_str(out, ",\"causes\":[");
	for (int cause = 0; cause < CAUSES; cause++) {
		if (device->causes[cause].requests == 0)
			continue;
		text_str(out, comma);
		comma = ",";
		json_string(out, "{\"cause\":", cause_name((enum cause)cause));
		json_u64(out, ",\"requests\":", device->causes[cause].requests);
		json_string(out, ",\"detail\":", device->causes[cause].detail);
		text_char(out, '}');
	}
	text_str(out, "]}");
}

static void add_alignment(struct text *out, const struct report *report)
{
	json_u64(out, " \"alignment\":{\"unit\":", report->unit_sectors * 512);
	text_str(out, ",\"devices\":[");
	for (size_t i = 0; i < report->devices.n; i++) {
		const struct report_device *device = &report->devices.at[i];

		add_item(out, i);
		json_string(out, "{\"device\":", device->name);
		json_u64(out, ",\"writes\":", device->writes);
		json_u64(out, ",\"unaligned\":", device->unaligned);
		json_u64(out, ",\"partial_blocks\":", device->partial_blocks);
		add_causes(out, device);
	}
	text_str(out, "]},\n");
}

int report_json(struct text *out, const struct report *report, report_flush *flush, struct err *err)
{
	struct sink sink = {.out = out, .flush = flush};

	add_warnings(out, report);
	add_trace(out, &report->trace);
	add_disk(out, &report->disk);
	add_totals(out, &report->totals);
	add_regions(out, report);
	add_files(&sink, report);
	add_alignment(out, report);
	add_list(out, " \"notes\":[", report->notes.at, report->notes.n);
	text_str(out, "]}\n");
	if (out->short_of_memory)
		return err_nomem(err);
	if (flush != NULL)
		put(&sink, out);
	return sink.status;
}
