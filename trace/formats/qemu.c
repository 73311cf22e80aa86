/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's own trace events in the text of its "log" backend (-trace, -d trace:, qemu-io -T), from
   block/trace-events, trace-events and hw/{block,ide,nvme,scsi}/trace-events of QEMU 0.14 to 9:
   "NAME ARGUMENTS", with "THREAD@SECONDS.MICROSECONDS:" in front in old versions and with -msg timestamp=on.

   One request can pass several events, so only one family of them counts: what the guest asked of a
   drive (blk_co_*), else what its controller saw, else what the block layer did inside.  Drives are told
   apart by file name, which bdrv_open_common says of a node; without it they keep their pointers.
   What QEMU itself does with the file of an image, such as looking for its format, is left out.  A discard
   or a flush has no event.  Other text on the same stream is passed over. */
#include "trace/formats.h"
#include "trace/input/lines.h"
#include "trace/requests/pairs.h"
#include "trace/formats/qemu_event.h"
#include "trace/formats/scan.h"
#include "trace/formats/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The family and whether it has completions; and a bit for each of the first files, set where an image format
   was opened in it. */
enum { KEPT_FAMILY, KEPT_COMPLETES, KEPT_IMAGES };
#define IMAGES_MAX 128

struct qemu {
	struct pairs *pairs;
	struct names files;               /* "FILE" */
	struct names nodes_named;         /* "FILE (FORMAT)" */
	struct table nodes;               /* by pointer: indices into both */
	struct table protocols;           /* by pointer: whether it is a file or a connection, and no image */
	struct names seen[QEMU_FAMILIES]; /* the devices of each, while surveying */
	uint64_t events[QEMU_FAMILIES];
	uint64_t completions, buried, own;
};

static bool is_event(const char *text)
{
	struct qemu_event event;
	const struct qemu_kind *kind;
	struct access access = access_blank();

	if (!qemu_event_scan(text, &event))
		return false;
	if (qemu_event_is(&event, "bdrv_open_common"))
		return strncmp(event.args, "bs ", 3) == 0;
	kind = qemu_event_kind(&event);
	return kind != NULL && qemu_event_place(kind, event.args, &access);
}

static bool qemu_probe(const uint8_t *bytes, size_t len)
{
	return lines_any(bytes, len, is_event);
}

static void qemu_close(struct trace *trace)
{
	struct qemu *qemu = trace->state;

	if (qemu == NULL)
		return;
	pairs_free(qemu->pairs);
	names_done(&qemu->files);
	names_done(&qemu->nodes_named);
	table_done(&qemu->nodes);
	table_done(&qemu->protocols);
	for (int i = 0; i < QEMU_FAMILIES; i++)
		names_done(&qemu->seen[i]);
	free(qemu);
}

static int qemu_open(struct trace *trace, struct err *err)
{
	struct qemu *qemu = calloc(1, sizeof(*qemu));

	trace->state = qemu;
	trace->blind = 1u << ACCESS_DISCARD | 1u << ACCESS_FLUSH;
	if (qemu != NULL)
		qemu->pairs = pairs_new();
	return qemu != NULL && qemu->pairs != NULL ? 0 : err_nomem(err);
}

/* Drivers of the files and connections that images lie in. */
static bool is_protocol(const char *format, size_t len)
{
	static const char *const names[] = {"file", "host_device", "nbd",          "http", "https",
					    "ssh",  "iscsi",       "rbd",          "nfs",  "gluster",
					    "curl", "io_uring",    "nvme-io_uring"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && strncmp(names[i], format, len) == 0)
			return true;
	return false;
}

/* What bdrv_open_common says of a node. */
struct node_line {
	uint64_t node;
	const char *file, *format;
	size_t file_len, format_len;
};

/* bs P filename "FILE" flags 0x.. format_name "FORMAT": the file may hold quotes.  False without a name. */
static bool scan_node(const char *args, struct node_line *line)
{
	const char *file = strstr(args, " filename \""), *format = strstr(args, " format_name \"");
	const char *file_end = NULL;

	for (const char *at = file; at != NULL && (at = strstr(at, "\" flags ")) != NULL; at++)
		file_end = at;
	if (file_end == NULL || format == NULL || format < file_end)
		return false;
	line->node = qemu_event_pointer(args, "bs");
	line->file = file + strlen(" filename \"");
	line->file_len = (size_t)(file_end - line->file);
	line->format = format + strlen(" format_name \"");
	line->format_len = strcspn(line->format, "\"");
	return file_end > line->file && line->format[line->format_len] == '"';
}

static int take_node(struct trace *trace, const char *args, struct err *err)
{
	struct qemu *qemu = trace->state;
	struct node_line line;
	char full[4096];
	long name, node;

	if (!scan_node(args, &line))
		return 0;
	snprintf(full, sizeof(full), "%.*s (%.*s)", (int)line.file_len, line.file, (int)line.format_len,
		 line.format);
	name = names_index(&qemu->files, line.file, line.file_len, err);
	node = name < 0 ? name : names_index(&qemu->nodes_named, full, strlen(full), err);
	if (name == -1 || node == -1)
		return -1;
	if (name < 0 || node < 0)
		return 0;
	if (trace->surveying && name < IMAGES_MAX && !is_protocol(line.format, line.format_len))
		trace->kept[KEPT_IMAGES + name / 64] |= UINT64_C(1) << name % 64;
	if (table_put(&qemu->protocols, line.node, is_protocol(line.format, line.format_len), err) != 0)
		return -1;
	return table_put(&qemu->nodes, line.node, (uint64_t)name << 32 | (uint64_t)node, err);
}

/* Whether an event is of the file in which an image lies, and not of the image.  Guests know only the image;
   QEMU reads the file to see what format it has, and writes it when it makes an image. */
static bool is_of_container(const struct trace *trace, const char *args)
{
	const struct qemu *qemu = trace->state;
	uint64_t bs = qemu_event_pointer(args, "bs"), is_file = 0, node;

	if (!table_get(&qemu->protocols, bs, &is_file) || !is_file || !table_get(&qemu->nodes, bs, &node))
		return false;
	node >>= 32;
	if (trace->has_chosen && strcmp(trace->devices.at[trace->chosen], qemu->files.at[node]) != 0)
		return false;
	return node < IMAGES_MAX && (trace->kept[KEPT_IMAGES + node / 64] >> node % 64 & 1) != 0;
}

/* What the event's device is called. */
static const char *device_name(const struct qemu *qemu, enum qemu_family family, const char *args, char *buf,
			       size_t size)
{
	static const char *const pointers[QEMU_FAMILIES] = {"blk", "vdev", NULL, "IDEState",
							    NULL,  "bs",   "bs", NULL};
	uint64_t node, value = 0;

	if ((family == QEMU_BLK_CO || family == QEMU_BDRV_AIO || family == QEMU_BDRV_CO) &&
	    table_get(&qemu->nodes, qemu_event_pointer(args, "bs"), &node))
		return family == QEMU_BLK_CO ? qemu->files.at[node >> 32]
					     : qemu->nodes_named.at[node & UINT32_MAX];
	if (pointers[family] != NULL)
		value = qemu_event_pointer(args, pointers[family]);
	if (value == 0)
		return qemu_family_names[family];
	snprintf(buf, size, "%s 0x%" PRIx64, pointers[family], value);
	return buf;
}

/* The family that counts: the one that was asked for, or the first in their order that there is. */
static int choose_family(struct trace *trace, struct err *err)
{
	const struct qemu *qemu = trace->state;
	const char *wanted = trace->options.event;
	int family = 0;

	while (family < QEMU_FAMILIES &&
	       (wanted ? strcmp(wanted, qemu_family_names[family]) != 0 : qemu->events[family] == 0))
		family++;
	if (family == QEMU_FAMILIES && wanted == NULL)
		return err_set(err, "has none of QEMU's block events (such as blk_co_preadv)");
	if (family == QEMU_FAMILIES)
		return err_set(err, "--event '%s': for a QEMU log expected one of %s", wanted,
			       trace->format->events);
	if (qemu->events[family] == 0)
		return err_set(err, "has no %s events", wanted);
	return family;
}

/* At the end of the survey: only the chosen family's devices are devices of the trace. */
static int end_survey(struct trace *trace, struct err *err)
{
	struct qemu *qemu = trace->state;
	int family = choose_family(trace, err);

	if (family < 0)
		return -1;
	trace->event = qemu_family_names[family];
	trace->kept[KEPT_FAMILY] = (uint64_t)family;
	trace->kept[KEPT_COMPLETES] = family == QEMU_VIRTIO_BLK && qemu->completions > 0;
	for (size_t i = 0; i < qemu->seen[family].n; i++)
		if (trace_device(trace, qemu->seen[family].at[i], strlen(qemu->seen[family].at[i]), err) < 0)
			return -1;
	return 0;
}

static int survey_event(struct qemu *qemu, const struct qemu_kind *kind, const char *args, struct err *err)
{
	char buf[64];
	const char *name = device_name(qemu, kind->family, args, buf, sizeof(buf));

	qemu->events[kind->family]++;
	return names_index(&qemu->seen[kind->family], name, strlen(name), err) == -1 ? -1 : 0;
}

static int take_access(struct trace *trace, const struct qemu_kind *kind, const struct qemu_event *event,
		       struct access *access, struct err *err)
{
	struct qemu *qemu = trace->state;
	struct pair_key key = {.a = qemu_event_pointer(event->args, "req"), .b = 0};
	char buf[64];
	const char *name = device_name(qemu, kind->family, event->args, buf, sizeof(buf));
	long device = trace_device(trace, name, strlen(name), err);

	if (device < 0)
		return -1;
	access->device = (uint32_t)device;
	access->time_ns = event->time_ns;
	access->pid = (uint32_t)event->pid;
	return pairs_put(qemu->pairs, access, trace->kept[KEPT_COMPLETES] ? &key : NULL, err) ? 0 : -1;
}

static void take_completion(struct qemu *qemu, const struct qemu_event *event)
{
	struct pair *pair =
	    pairs_find(qemu->pairs, (struct pair_key){.a = qemu_event_pointer(event->args, "req"), .b = 0});
	uint64_t status;

	qemu->completions++;
	if (pair == NULL)
		return;
	if (qemu_event_field(event->args, "status", &status) != NULL && status != 0)
		pair->access.flags |= ACCESS_FAILED;
	pair_set_latency(&pair->access, pair->access.time_ns, event->time_ns);
	pairs_finish(qemu->pairs, pair);
}

/* Whether an event stands behind something else on its line: two writers, one stream. */
static bool is_buried(const char *text)
{
	const char *at = strstr(text, "blk_co_p");

	return at != NULL && at != text &&
	       (strncmp(at, "blk_co_preadv blk ", 18) == 0 || strncmp(at, "blk_co_pwritev blk ", 19) == 0);
}

static int take_line(struct trace *trace, struct line *line, struct err *err)
{
	struct qemu *qemu = trace->state;
	struct access access = access_blank();
	struct qemu_event event;
	const struct qemu_kind *kind;

	if (!qemu_event_scan(line->text, &event) || (kind = qemu_event_kind(&event)) == NULL) {
		if (qemu_event_scan(line->text, &event) && qemu_event_is(&event, "bdrv_open_common"))
			return take_node(trace, event.args, err);
		if (qemu_event_scan(line->text, &event) && qemu_event_is(&event, "virtio_blk_req_complete"))
			take_completion(qemu, &event);
		qemu->buried += is_buried(line->text);
		return 0;
	}
	if (!qemu_event_place(kind, event.args, &access))
		return line_bad(line, "QEMU's arguments of this event (a place and a length)", err);
	line_check_end(trace, line, &access);
	if (access.count == 0)
		return 0;
	if (trace->surveying)
		return survey_event(qemu, kind, event.args, err);
	if (kind->family != trace->kept[KEPT_FAMILY])
		return 0;
	if (kind->family == QEMU_BLK_CO && is_of_container(trace, event.args)) {
		qemu->own++;
		return 0;
	}
	return take_access(trace, kind, &event, &access, err);
}

static long qemu_read(struct trace *trace, struct access *batch, size_t n, struct err *err)
{
	struct qemu *qemu = trace->state;
	long got = lines_read_pairs(trace, qemu->pairs, batch, n, take_line, err);

	if (got != 0)
		return got;
	if (trace->surveying)
		return end_survey(trace, err);
	if (qemu->buried > 0 &&
	    trace_note(trace, err,
		       "%" PRIu64 " events stand behind other text on their lines and are not counted",
		       qemu->buried) != 0)
		return -1;
	if (qemu->own > 0 &&
	    trace_note(trace, err,
		       "%" PRIu64 " accesses of QEMU itself to the files that images lie in are left out",
		       qemu->own) != 0)
		return -1;
	qemu->buried = qemu->own = 0;
	return 0;
}

const struct trace_format format_qemu = {
    .name = "qemu",
    .help = "QEMU's log of its block trace events",
    .sign = "it holds lines with QEMU's block trace events",
    .events = "blk_co, virtio_blk, scsi_disk, ide, pci_nvme, bdrv_aio, bdrv_co, paio",
    .probe = qemu_probe,
    .open = qemu_open,
    .read = qemu_read,
    .close = qemu_close,
};
