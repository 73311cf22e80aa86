/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's own trace events in the text of its "log" backend (-trace, -d trace:, qemu-io -T), from
   block/trace-events, trace-events and hw/{block,ide,nvme,scsi}/trace-events of QEMU 0.14 to 9:
   "NAME ARGUMENTS", with "THREAD@SECONDS.MICROSECONDS:" in front in old versions and with -msg timestamp=on.

   One request can pass several events, so only one family of them counts: what the guest asked of a
   drive (blk_co_*), else what its controller saw, else what the block layer did inside.  Drives are told
   apart by file name, which bdrv_open_common says of a node; without it they keep their pointers.
   A discard or a flush has no event.  Other text on the same stream is passed over. */
#include "trace/formats.h"
#include "trace/lines.h"
#include "trace/pairs.h"
#include "trace/scan.h"
#include "trace/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum family {
	FAMILY_BLK_CO,
	FAMILY_VIRTIO_BLK,
	FAMILY_SCSI_DISK,
	FAMILY_IDE,
	FAMILY_NVME,
	FAMILY_BDRV_AIO,
	FAMILY_BDRV_CO,
	FAMILY_PAIO,
	FAMILIES
};

static const char *const family_names[FAMILIES] = {
    "blk_co", "virtio_blk", "scsi_disk", "ide", "pci_nvme", "bdrv_aio", "bdrv_co", "paio",
};

/* How the arguments give the place. */
enum place { PLACE_BYTES, PLACE_SECTOR_NUM, PLACE_SECTOR, PLACE_SCSI, PLACE_IDE, PLACE_IDE_DMA, PLACE_NVME };

struct kind {
	const char *name;
	enum family family;
	enum access_op op;
	enum place place;
};

static const struct kind kinds[] = {
    {"blk_co_preadv", FAMILY_BLK_CO, ACCESS_READ, PLACE_BYTES},
    {"blk_co_pwritev", FAMILY_BLK_CO, ACCESS_WRITE, PLACE_BYTES},
    {"virtio_blk_handle_read", FAMILY_VIRTIO_BLK, ACCESS_READ, PLACE_SECTOR},
    {"virtio_blk_handle_write", FAMILY_VIRTIO_BLK, ACCESS_WRITE, PLACE_SECTOR},
    {"scsi_disk_dma_command_READ", FAMILY_SCSI_DISK, ACCESS_READ, PLACE_SCSI},
    {"scsi_disk_dma_command_WRITE", FAMILY_SCSI_DISK, ACCESS_WRITE, PLACE_SCSI},
    {"ide_sector_read", FAMILY_IDE, ACCESS_READ, PLACE_IDE},
    {"ide_sector_write", FAMILY_IDE, ACCESS_WRITE, PLACE_IDE},
    {"ide_dma_cb", FAMILY_IDE, ACCESS_READ, PLACE_IDE_DMA},
    {"pci_nvme_read", FAMILY_NVME, ACCESS_READ, PLACE_NVME},
    {"pci_nvme_write", FAMILY_NVME, ACCESS_WRITE, PLACE_NVME},
    {"bdrv_aio_readv", FAMILY_BDRV_AIO, ACCESS_READ, PLACE_SECTOR_NUM},
    {"bdrv_aio_writev", FAMILY_BDRV_AIO, ACCESS_WRITE, PLACE_SECTOR_NUM},
    {"bdrv_co_preadv", FAMILY_BDRV_CO, ACCESS_READ, PLACE_BYTES},
    {"bdrv_co_pwritev", FAMILY_BDRV_CO, ACCESS_WRITE, PLACE_BYTES},
    {"bdrv_co_preadv_part", FAMILY_BDRV_CO, ACCESS_READ, PLACE_BYTES},
    {"bdrv_co_pwritev_part", FAMILY_BDRV_CO, ACCESS_WRITE, PLACE_BYTES},
    {"bdrv_co_pwrite_zeroes", FAMILY_BDRV_CO, ACCESS_ZERO, PLACE_BYTES},
    {"bdrv_co_readv", FAMILY_BDRV_CO, ACCESS_READ, PLACE_SECTOR_NUM},
    {"bdrv_co_writev", FAMILY_BDRV_CO, ACCESS_WRITE, PLACE_SECTOR_NUM},
    {"paio_submit", FAMILY_PAIO, ACCESS_READ, PLACE_SECTOR_NUM},
};

enum { KEPT_FAMILY, KEPT_COMPLETES };

struct qemu {
	struct pairs *pairs;
	struct names files;          /* of nodes, as "FILE" and as "FILE (FORMAT)" */
	struct table nodes;          /* by pointer: two indices into files */
	struct names seen[FAMILIES]; /* the devices of each, while surveying */
	uint64_t events[FAMILIES];
	uint64_t completions, buried;
};

/* A line that is an event. */
struct event_line {
	int64_t time_ns;
	uint64_t pid;
	const char *name, *args;
	size_t name_len;
};

static bool scan_event(const char *text, struct event_line *event)
{
	const char *at;

	*event = (struct event_line){.time_ns = ACCESS_NO_TIME, .name = text};
	at = scan_char(scan_decimal(text, &event->pid), '@');
	at = scan_char(scan_time(at, 1000000000, &event->time_ns), ':');
	if (at != NULL) {
		event->name = at;
	} else {
		event->pid = 0;
		event->time_ns = ACCESS_NO_TIME;
	}
	event->name_len = strspn(event->name, "abcdefghijklmnopqrstuvwxyz_READWITE");
	event->args = event->name + event->name_len;
	if (event->name_len < 5 || *event->args != ' ')
		return false;
	event->args++;
	return true;
}

static bool is_named(const struct event_line *event, const char *name)
{
	return strncmp(event->name, name, event->name_len) == 0 && name[event->name_len] == '\0';
}

static const struct kind *kind_of(const struct event_line *event)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is_named(event, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* The number behind " KEY "; as scan functions. */
static const char *field(const char *args, const char *key, uint64_t *value)
{
	size_t len = strlen(key);

	for (const char *at = args; (at = strstr(at, key)) != NULL; at += len)
		if ((at == args || at[-1] == ' ' || at[-1] == '(') && at[len] == ' ')
			return scan_number(at + len + 1, value);
	return NULL;
}

/* A pointer, "0x..." or "(nil)". */
static uint64_t pointer(const char *args, const char *key)
{
	uint64_t value;

	return field(args, key, &value) ? value : 0;
}

static bool place_bytes(const char *args, struct access *access)
{
	uint64_t offset, len, flags;

	if (field(args, "offset", &offset) == NULL)
		return false;
	if (field(args, "bytes", &len) == NULL && field(args, "nbytes", &len) == NULL &&
	    field(args, "count", &len) == NULL)
		return false;
	args = strstr(args, " flags ");
	if (args == NULL || scan_hex(strncmp(args + 7, "0x", 2) == 0 ? args + 9 : args + 7, &flags) == NULL)
		return false;
	/* BdrvRequestFlags: 2 = BDRV_REQ_ZERO_WRITE, 16 = BDRV_REQ_FUA. */
	if (access->op == ACCESS_WRITE && (flags & 2) != 0)
		access->op = ACCESS_ZERO;
	if (access->op != ACCESS_READ && (flags & 16) != 0)
		access->flags |= ACCESS_FUA;
	return access_set_bytes(access, offset, len);
}

static bool place_nvme(const char *args, struct access *access)
{
	uint64_t blocks, bytes, lba, offset;

	if (field(args, "nlb", &blocks) == NULL || field(args, "count", &bytes) == NULL ||
	    field(args, "lba", &lba) == NULL || blocks == 0)
		return false;
	return !__builtin_mul_overflow(lba, bytes / blocks, &offset) &&
	       access_set_bytes(access, offset, bytes);
}

/* "IDEState P; sector_num=N n=N cmd=DMA READ", or WRITE, or TRIM. */
static const char *place_ide_dma(const char *args, uint64_t *start, uint64_t *count, struct access *access)
{
	const char *cmd = strstr(args, " cmd=DMA ");

	if (cmd == NULL || scan_number(scan_key(args, "sector_num"), start) == NULL)
		return NULL;
	cmd += strlen(" cmd=DMA ");
	access->op = *cmd == 'W' ? ACCESS_WRITE : *cmd == 'T' ? ACCESS_DISCARD : ACCESS_READ;
	return scan_number(scan_key(args, "n"), count);
}

static const char *place_sector_num(const char *args, uint64_t *start, uint64_t *count, struct access *access)
{
	const char *at = field(args, "sector_num", start) ? field(args, "nb_sectors", count) : NULL;
	uint64_t type;

	/* QEMU_AIO_WRITE is 2; only paio_submit has a type. */
	if (at != NULL && field(args, "type", &type) != NULL && (type & 2) != 0)
		access->op = ACCESS_WRITE;
	return at;
}

static bool place_sectors(enum place place, const char *args, struct access *access)
{
	uint64_t start = 0, count = 0;
	const char *at;

	switch (place) {
	case PLACE_SECTOR_NUM:
		at = place_sector_num(args, &start, &count, access);
		break;
	case PLACE_SECTOR:
		at = field(args, "sector", &start) ? field(args, "nsectors", &count) : NULL;
		break;
	case PLACE_SCSI:
		at = field(args, "sector", &start) ? field(args, "count", &count) : NULL;
		break;
	case PLACE_IDE_DMA:
		at = place_ide_dma(args, &start, &count, access);
		break;
	default:
		at = scan_number(scan_key(args, "sector"), &start)
			 ? scan_number(scan_key(args, "nsectors"), &count)
			 : NULL;
		break;
	}
	return at != NULL && access_set_sectors(access, start, count);
}

static bool place_of(const struct kind *kind, const char *args, struct access *access)
{
	access->op = (uint8_t)kind->op;
	if (kind->place == PLACE_BYTES)
		return place_bytes(args, access);
	if (kind->place == PLACE_NVME)
		return place_nvme(args, access);
	return place_sectors(kind->place, args, access);
}

static bool is_event(const char *text)
{
	struct event_line event;
	const struct kind *kind;
	struct access access = access_blank();

	if (!scan_event(text, &event))
		return false;
	if (is_named(&event, "bdrv_open_common"))
		return strncmp(event.args, "bs ", 3) == 0;
	kind = kind_of(&event);
	return kind != NULL && place_of(kind, event.args, &access);
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
	table_done(&qemu->nodes);
	for (int i = 0; i < FAMILIES; i++)
		names_done(&qemu->seen[i]);
	free(qemu);
}

static int qemu_open(struct trace *trace, struct err *err)
{
	struct qemu *qemu = calloc(1, sizeof(*qemu));

	trace->state = qemu;
	if (qemu != NULL)
		qemu->pairs = pairs_new();
	return qemu != NULL && qemu->pairs != NULL ? 0 : err_nomem(err);
}

/* bdrv_open_common bs P filename "FILE" flags 0x.. format_name "FORMAT": the file may hold quotes. */
static int take_node(struct qemu *qemu, const char *args, struct err *err)
{
	const char *file = strstr(args, " filename \""), *format = strstr(args, " format_name \"");
	const char *file_end = NULL, *format_end;
	char full[4096];
	long name, node;

	for (const char *at = file; at != NULL && (at = strstr(at, "\" flags ")) != NULL; at++)
		file_end = at;
	if (file_end == NULL || format == NULL || format < file_end)
		return 0;
	file += strlen(" filename \"");
	format += strlen(" format_name \"");
	format_end = strchr(format, '"');
	if (format_end == NULL || file_end < file || file_end == file)
		return 0;
	snprintf(full, sizeof(full), "%.*s (%.*s)", (int)(file_end - file), file, (int)(format_end - format),
		 format);
	name = names_index(&qemu->files, file, (size_t)(file_end - file), err);
	node = name < 0 ? name : names_index(&qemu->files, full, strlen(full), err);
	if (name == -1 || node == -1)
		return -1;
	if (name < 0 || node < 0)
		return 0;
	return table_put(&qemu->nodes, pointer(args, "bs"), (uint64_t)name << 32 | (uint64_t)node, err);
}

/* What the event's device is called. */
static const char *device_name(const struct qemu *qemu, enum family family, const char *args, char *buf,
			       size_t size)
{
	static const char *const pointers[FAMILIES] = {"blk", "vdev", NULL, "IDEState",
						       NULL,  "bs",   "bs", NULL};
	uint64_t node, value = 0;

	if ((family == FAMILY_BLK_CO || family == FAMILY_BDRV_AIO || family == FAMILY_BDRV_CO) &&
	    table_get(&qemu->nodes, pointer(args, "bs"), &node))
		return qemu->files.at[family == FAMILY_BLK_CO ? node >> 32 : node & UINT32_MAX];
	if (pointers[family] != NULL)
		value = pointer(args, pointers[family]);
	if (value == 0)
		return family_names[family];
	snprintf(buf, size, "%s 0x%" PRIx64, pointers[family], value);
	return buf;
}

/* The family that counts: the one that was asked for, or the first in their order that there is. */
static int choose_family(struct trace *trace, struct err *err)
{
	const struct qemu *qemu = trace->state;
	const char *wanted = trace->options.event;
	int family = 0;

	while (family < FAMILIES &&
	       (wanted ? strcmp(wanted, family_names[family]) != 0 : qemu->events[family] == 0))
		family++;
	if (family == FAMILIES && wanted == NULL)
		return err_set(err, "has none of QEMU's block events (such as blk_co_preadv)");
	if (family == FAMILIES)
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
	trace->event = family_names[family];
	trace->kept[KEPT_FAMILY] = (uint64_t)family;
	trace->kept[KEPT_COMPLETES] = family == FAMILY_VIRTIO_BLK && qemu->completions > 0;
	for (size_t i = 0; i < qemu->seen[family].n; i++)
		if (trace_device(trace, qemu->seen[family].at[i], strlen(qemu->seen[family].at[i]), err) < 0)
			return -1;
	return 0;
}

static int survey_event(struct qemu *qemu, const struct kind *kind, const char *args, struct err *err)
{
	char buf[64];
	const char *name = device_name(qemu, kind->family, args, buf, sizeof(buf));

	qemu->events[kind->family]++;
	return names_index(&qemu->seen[kind->family], name, strlen(name), err) == -1 ? -1 : 0;
}

static int take_access(struct trace *trace, const struct kind *kind, const struct event_line *event,
		       struct access *access, struct err *err)
{
	struct qemu *qemu = trace->state;
	struct pair_key key = {.a = pointer(event->args, "req"), .b = 0};
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

static void take_completion(struct qemu *qemu, const struct event_line *event)
{
	struct pair *pair =
	    pairs_find(qemu->pairs, (struct pair_key){.a = pointer(event->args, "req"), .b = 0});
	uint64_t status;

	qemu->completions++;
	if (pair == NULL)
		return;
	if (field(event->args, "status", &status) != NULL && status != 0)
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
	struct event_line event;
	const struct kind *kind;

	if (!scan_event(line->text, &event) || (kind = kind_of(&event)) == NULL) {
		if (scan_event(line->text, &event) && is_named(&event, "bdrv_open_common"))
			return take_node(qemu, event.args, err);
		if (scan_event(line->text, &event) && is_named(&event, "virtio_blk_req_complete"))
			take_completion(qemu, &event);
		qemu->buried += is_buried(line->text);
		return 0;
	}
	if (!place_of(kind, event.args, &access))
		return line_bad(line, "QEMU's arguments of this event (a place and a length)", err);
	if (line_check_end(line, err) != 0)
		return -1;
	if (access.count == 0)
		return 0;
	if (trace->surveying)
		return survey_event(qemu, kind, event.args, err);
	if (kind->family != trace->kept[KEPT_FAMILY])
		return 0;
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
	qemu->buried = 0;
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
