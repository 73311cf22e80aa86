/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The events are those of block/trace-events, trace-events and hw/{block,ide,nvme,scsi}/trace-events of QEMU
   0.14 to 9. */
#include "trace/formats/qemu_event.h"

#include "trace/formats/scan.h"

#include <string.h>

const char *const qemu_family_names[QEMU_FAMILIES] = {
    "blk_co", "virtio_blk", "scsi_disk", "ide", "pci_nvme", "bdrv_aio", "bdrv_co", "paio",
};

static const struct qemu_kind kinds[] = {
    {"blk_co_preadv", QEMU_BLK_CO, ACCESS_READ, PLACE_BYTES},
    {"blk_co_pwritev", QEMU_BLK_CO, ACCESS_WRITE, PLACE_BYTES},
    {"virtio_blk_handle_read", QEMU_VIRTIO_BLK, ACCESS_READ, PLACE_SECTOR},
    {"virtio_blk_handle_write", QEMU_VIRTIO_BLK, ACCESS_WRITE, PLACE_SECTOR},
    {"scsi_disk_dma_command_READ", QEMU_SCSI_DISK, ACCESS_READ, PLACE_SCSI},
    {"scsi_disk_dma_command_WRITE", QEMU_SCSI_DISK, ACCESS_WRITE, PLACE_SCSI},
    {"ide_sector_read", QEMU_IDE, ACCESS_READ, PLACE_IDE},
    {"ide_sector_write", QEMU_IDE, ACCESS_WRITE, PLACE_IDE},
    {"ide_dma_cb", QEMU_IDE, ACCESS_READ, PLACE_IDE_DMA},
    {"pci_nvme_read", QEMU_NVME, ACCESS_READ, PLACE_NVME},
    {"pci_nvme_write", QEMU_NVME, ACCESS_WRITE, PLACE_NVME},
    {"bdrv_aio_readv", QEMU_BDRV_AIO, ACCESS_READ, PLACE_SECTOR_NUM},
    {"bdrv_aio_writev", QEMU_BDRV_AIO, ACCESS_WRITE, PLACE_SECTOR_NUM},
    {"bdrv_co_preadv", QEMU_BDRV_CO, ACCESS_READ, PLACE_BYTES},
    {"bdrv_co_pwritev", QEMU_BDRV_CO, ACCESS_WRITE, PLACE_BYTES},
    {"bdrv_co_preadv_part", QEMU_BDRV_CO, ACCESS_READ, PLACE_BYTES},
    {"bdrv_co_pwritev_part", QEMU_BDRV_CO, ACCESS_WRITE, PLACE_BYTES},
    {"bdrv_co_pwrite_zeroes", QEMU_BDRV_CO, ACCESS_ZERO, PLACE_BYTES},
    {"bdrv_co_readv", QEMU_BDRV_CO, ACCESS_READ, PLACE_SECTOR_NUM},
    {"bdrv_co_writev", QEMU_BDRV_CO, ACCESS_WRITE, PLACE_SECTOR_NUM},
    {"paio_submit", QEMU_PAIO, ACCESS_READ, PLACE_SECTOR_NUM},
};

bool qemu_event_scan(const char *text, struct qemu_event *event)
{
	const char *at;

	*event = (struct qemu_event){.time_ns = ACCESS_NO_TIME, .name = text};
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

bool qemu_event_is(const struct qemu_event *event, const char *name)
{
	return strncmp(event->name, name, event->name_len) == 0 && name[event->name_len] == '\0';
}

const struct qemu_kind *qemu_event_kind(const struct qemu_event *event)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (qemu_event_is(event, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* The number behind " KEY "; as scan functions. */
const char *qemu_event_field(const char *args, const char *key, uint64_t *value)
{
	size_t len = strlen(key);

	for (const char *at = args; (at = strstr(at, key)) != NULL; at += len)
		if ((at == args || at[-1] == ' ' || at[-1] == '(') && at[len] == ' ')
			return scan_number(at + len + 1, value);
	return NULL;
}

/* A pointer, "0x..." or "(nil)". */
uint64_t qemu_event_pointer(const char *args, const char *key)
{
	uint64_t value;

	return qemu_event_field(args, key, &value) ? value : 0;
}

static bool place_bytes(const char *args, struct access *access)
{
	uint64_t offset, len, flags;

	if (qemu_event_field(args, "offset", &offset) == NULL)
		return false;
	if (qemu_event_field(args, "bytes", &len) == NULL && qemu_event_field(args, "nbytes", &len) == NULL &&
	    qemu_event_field(args, "count", &len) == NULL)
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

	if (qemu_event_field(args, "nlb", &blocks) == NULL ||
	    qemu_event_field(args, "count", &bytes) == NULL || qemu_event_field(args, "lba", &lba) == NULL ||
	    blocks == 0)
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
	const char *at =
	    qemu_event_field(args, "sector_num", start) ? qemu_event_field(args, "nb_sectors", count) : NULL;
	uint64_t type;

	/* QEMU_AIO_WRITE is 2; only paio_submit has a type. */
	if (at != NULL && qemu_event_field(args, "type", &type) != NULL && (type & 2) != 0)
		access->op = ACCESS_WRITE;
	return at;
}

static bool place_sectors(enum qemu_place place, const char *args, struct access *access)
{
	uint64_t start = 0, count = 0;
	const char *at;

	switch (place) {
	case PLACE_SECTOR_NUM:
		at = place_sector_num(args, &start, &count, access);
		break;
	case PLACE_SECTOR:
		at = qemu_event_field(args, "sector", &start) ? qemu_event_field(args, "nsectors", &count)
							      : NULL;
		break;
	case PLACE_SCSI:
		at =
		    qemu_event_field(args, "sector", &start) ? qemu_event_field(args, "count", &count) : NULL;
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

bool qemu_event_place(const struct qemu_kind *kind, const char *args, struct access *access)
{
	access->op = (uint8_t)kind->op;
	if (kind->place == PLACE_BYTES)
		return place_bytes(args, access);
	if (kind->place == PLACE_NVME)
		return place_nvme(args, access);
	return place_sectors(kind->place, args, access);
}
