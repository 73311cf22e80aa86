/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One of QEMU's trace events as a line of text: "NAME ARGUMENTS", with "THREAD@SECONDS.MICROSECONDS:" in
   front in old versions and with -msg timestamp=on.  Events of one request belong to several families. */
#ifndef TRACE_FORMATS_QEMU_EVENT_H
#define TRACE_FORMATS_QEMU_EVENT_H

#include "trace/access.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qemu_family {
	QEMU_BLK_CO,
	QEMU_VIRTIO_BLK,
	QEMU_SCSI_DISK,
	QEMU_IDE,
	QEMU_NVME,
	QEMU_BDRV_AIO,
	QEMU_BDRV_CO,
	QEMU_PAIO,
	QEMU_FAMILIES
};

extern const char *const qemu_family_names[QEMU_FAMILIES];

/* How the arguments give the place. */
enum qemu_place {
	PLACE_BYTES,
	PLACE_SECTOR_NUM,
	PLACE_SECTOR,
	PLACE_SCSI,
	PLACE_IDE,
	PLACE_IDE_DMA,
	PLACE_NVME
};

struct qemu_kind {
	const char *name;
	enum qemu_family family;
	enum access_op op;
	enum qemu_place place;
};

/* A line that is an event. */
struct qemu_event {
	int64_t time_ns;
	uint64_t pid;
	const char *name, *args;
	size_t name_len;
};

/* False for a line that is no event. */
bool qemu_event_scan(const char *text, struct qemu_event *event);

bool qemu_event_is(const struct qemu_event *event, const char *name);

/* What kind of access the event tells of, or NULL. */
const struct qemu_kind *qemu_event_kind(const struct qemu_event *event);

/* Sets op, place and flags of the access; false when the arguments are not this kind's. */
bool qemu_event_place(const struct qemu_kind *kind, const char *args, struct access *access);

/* The number behind " KEY ", as the functions of trace/formats/scan.h. */
const char *qemu_event_field(const char *args, const char *key, uint64_t *value);

/* A pointer, "0x..."; 0 for "(nil)" and for none. */
uint64_t qemu_event_pointer(const char *args, const char *key);

#endif
