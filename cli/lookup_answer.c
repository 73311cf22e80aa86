/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places and what is there, as text and JSON. */
#include "cli/lookup.h"

#include "base/escape.h"
#include "base/size.h"
#include "cli/message.h"
#include "layout/device.h"
#include "reports/region_json.h"
#include "reports/region_text.h"

#include <inttypes.h>
#include <string.h>

/* "4358: disk > part1 > VG/LV: ext4 file-data, block 1057, group 0, inode 12 /hello, byte 0 [4358+8]" */
static void add_line(struct text *out, const struct region *region, uint64_t sector)
{
	if (region->on_disk)
		text_printf(out, "%" PRIu64 ": ", sector);
	for (unsigned i = 0; i < region->depth; i++) {
		if (i > 0)
			text_str(out, " > ");
		escape_terminal(out, region->stack[i]->name, strlen(region->stack[i]->name));
	}
	text_str(out, ": ");
	if (region->fs_type != NULL)
		text_printf(out, "%s ", region->fs_type);
	region_details(out, region);
	if (region->on_disk)
		text_printf(out, " [%" PRIu64 "+%" PRIu64 "]", region->start, region->sectors);
	else
		text_str(out, " [on no disk that is here]");
}

/* The address, where it is another than the sector: "sda1 logical block 1805 = ". */
static void add_address(struct text *out, const struct lookup_from *from)
{
	const struct message *message = from->message;

	if (from->text != NULL)
		text_str(out, "  ");
	if (message == NULL)
		return;
	message_address(out, message);
	text_str(out, " = ");
}

static void add_from_json(struct text *out, const struct lookup_from *from)
{
	struct text address = {0};

	if (from->text != NULL) {
		text_printf(out, ",\"line\":%" PRIu64 ",\"message\":", from->line);
		escape_json(out, from->text, strlen(from->text));
	}
	if (from->message != NULL) {
		message_address(&address, from->message);
		text_str(out, ",\"address\":");
		escape_json(out, address.at ? address.at : "", address.n);
	}
	text_free(&address);
}

/* What others say of it comes last: the object is opened again for that. */
static void add_json(struct lookup *lookup, const struct region *region, uint64_t sector,
		     const struct lookup_from *from)
{
	struct text *out = &lookup->out;

	region_json(out, region, region->on_disk ? &sector : NULL);
	if (out->n == 0 || out->at[out->n - 1] != '}')
		return;
	out->n--;
	if (lookup->state != NULL)
		text_printf(out, ",\"rescue\":\"%s\"", rescue_name(lookup->state->state));
	add_from_json(out, from);
	text_char(out, '}');
}

static int add_region(struct lookup *lookup, const struct region *region, uint64_t sector,
		      const struct lookup_from *from)
{
	if (lookup->common->json) {
		add_json(lookup, region, sector, from);
	} else {
		add_address(&lookup->out, from);
		add_line(&lookup->out, region, sector);
		if (lookup->state != NULL && lookup->state->state != RESCUE_BAD)
			text_printf(&lookup->out, " %s", rescue_words(lookup->state->state));
	}
	text_char(&lookup->out, '\n');
	return lookup->out.n > 65536 ? print_text(&lookup->out) : 0;
}

int lookup_sector(struct lookup *lookup, uint64_t sector, const struct lookup_from *from)
{
	struct region region;
	struct place place;

	if (lookup->lost)
		return lost_add(lookup, map_disk(lookup->map), sector, 1);
	region_lookup(lookup->map, sector, &place, &region);
	if (region.has_offset)
		region.offset += from->byte;
	return add_region(lookup, &region, sector, from);
}

int lookup_run(struct lookup *lookup, const struct space *space, uint64_t start, uint64_t count,
	       const struct lookup_from *from)
{
	struct region region;
	struct place place;
	int status = 0;

	if (lookup->lost)
		return lost_add(lookup, space, start, count);
	for (uint64_t at = start, end = start + count; at < end && status == 0; at += place.count) {
		if (space == map_disk(lookup->map))
			map_find(lookup->map, at, &place);
		else
			map_find_in(lookup->map, space, at, &place);
		if (place.count > end - at)
			place.count = end - at;
		region_describe(lookup->map, &place, &region);
		status = add_region(lookup, &region, region.start, from);
	}
	return status;
}

static int miss(struct lookup *lookup, const struct lookup_from *from, const struct err *why)
{
	struct text address = {0};
	struct err err;

	lookup->missed = true;
	if (from->message != NULL)
		message_address(&address, from->message);
	if (from->text != NULL)
		err_set(&err, "line %" PRIu64 ": %.100s: %.350s", from->line, address.at ? address.at : "",
			why->text);
	else
		err_set(&err, "%.100s: %.350s", address.at ? address.at : "", why->text);
	text_free(&address);
	fail(from->text == NULL ? lookup->disk : lookup->log != NULL ? lookup->log : "-", &err);
	return 0;
}

/* What the disk below it counts in. */
static uint64_t sector_bytes(const struct space *space)
{
	while (space->sector_size == 0 && space->parent != NULL)
		space = space->parent;
	return space->sector_size ? space->sector_size : SECTOR_SIZE;
}

/* The bytes of a "logical block": what the block device's cache counts in, which is what the size allows, and
   the file system's where that is mounted (Linux fs/buffer.c, block/bdev.c: set_init_blocksize). */
static int block_bytes(const struct lookup *lookup, const struct space *space, uint64_t *bytes,
		       struct err *err)
{
	const struct fs *fs = space->fs;
	uint64_t mounted;

	*bytes = lookup->unit;
	if (*bytes != 0)
		return 0;
	for (*bytes = sector_bytes(space); *bytes < 4096 && space_bytes(space) % (2 * *bytes) == 0;
	     *bytes *= 2)
		;
	if (fs == NULL)
		return 0;
	mounted = strncmp(fs->type, "ext", 3) == 0 ? fs->block_sectors * UINT64_C(512) : sector_bytes(space);
	if (mounted == *bytes)
		return 0;
	return err_set(
	    err, "of %" PRIu64 " bytes, if the %s was mounted, or else of %" PRIu64 ": --unit says which",
	    mounted, fs->type, *bytes);
}

static int fs_of(const struct lookup *lookup, const struct space **space, struct err *err)
{
	const struct space *only = NULL;

	if ((*space)->fs != NULL)
		return 0;
	if (*space != map_disk(lookup->map))
		return err_set(err, "%s has no file system that is known", (*space)->name);
	for (size_t i = 0; i < lookup->map->spaces.n; i++) {
		const struct space *one = lookup->map->spaces.at[i];

		if (one->fs == NULL || !device_is_visible(one))
			continue;
		if (only != NULL)
			return err_set(err, "of the file system on %s or on %s? --relative-to says which",
				       only->name, one->name);
		only = one;
	}
	if (only == NULL)
		return err_set(err, "there is no file system that is known");
	*space = only;
	return 0;
}

/* So many units of so many bytes, as sectors; false where they are more than numbers can be. */
static bool scale(const struct message *message, uint64_t bytes, uint64_t *start, uint64_t *count)
{
	uint64_t from, len;

	if (__builtin_mul_overflow(message->number, bytes, &from) ||
	    __builtin_mul_overflow(message->count ? message->count : 1, bytes, &len) ||
	    len > UINT64_MAX - SECTOR_SIZE || from > UINT64_MAX - SECTOR_SIZE - len)
		return false;
	*start = from >> SECTOR_SHIFT;
	*count = ((from + len + SECTOR_SIZE - 1) >> SECTOR_SHIFT) - *start;
	return true;
}

static uint64_t plain_bytes(const struct lookup *lookup)
{
	return lookup->bytes ? 1 : lookup->unit ? lookup->unit : SECTOR_SIZE;
}

static int unit_bytes(const struct lookup *lookup, const struct message *message, const struct space *space,
		      uint64_t *bytes, struct err *err)
{
	switch (message->unit) {
	case MESSAGE_LBA:
		*bytes = message->lba_bytes ? message->lba_bytes : sector_bytes(space);
		return 0;
	case MESSAGE_BLOCKS:
		return block_bytes(lookup, space, bytes, err);
	case MESSAGE_BYTES:
		*bytes = 1;
		return 0;
	case MESSAGE_PLAIN:
		*bytes = plain_bytes(lookup);
		return 0;
	default:
		*bytes = SECTOR_SIZE;
		return 0;
	}
}

/* An inode: where it lies in the inode table, and what it is called. */
static int answer_inode(struct lookup *lookup, const struct space *space, const struct lookup_from *from)
{
	const struct fs *fs = space->fs;
	char path[FS_PATH_MAX];
	struct message named = *from->message;
	struct lookup_from this = *from;
	struct text *out = &lookup->out;
	uint32_t owner;
	uint64_t sector;
	struct err err;

	if (!fs_owner(fs, named.number, &owner) || !fs_owner_sector(fs, owner, &sector)) {
		err_set(&err, "%s (%s) has no such inode", space->name, fs->type);
		return miss(lookup, from, &err);
	}
	if (lookup->lost)
		return lost_add_inode(lookup, space, named.number);
	if (!lookup->common->json) {
		text_str(out, from->text != NULL ? "  " : "");
		message_address(out, &named);
		text_str(out, " = ");
		escape_terminal(out, space->name, strlen(space->name));
		text_char(out, ':');
		if (fs_path(fs, owner, path, sizeof(path)))
			escape_terminal(out, path, strlen(path));
		else
			text_printf(out, "<%" PRIu64 ">, which has no name", named.number);
		text_str(out, "; it lies at\n");
		this = (struct lookup_from){.text = ""};
	}
	return lookup_run(lookup, space, sector, 1, &this);
}

/* A sector of a device, where the disk has the same name for it: that one's run is told as a whole. */
static const struct space *disk_sector(const struct lookup *lookup, const struct space *space,
				       uint64_t *start)
{
	struct place inner, outer;
	const struct space *disk;
	uint64_t at, run;

	if (space == map_disk(lookup->map) || !map_outward(space, *start, &disk, &at, &run) ||
	    disk != map_disk(lookup->map))
		return space;
	map_find_in(lookup->map, space, *start, &inner);
	map_find(lookup->map, at, &outer);
	if (inner.space != outer.space || inner.extent != outer.extent)
		return space;
	*start = at;
	return disk;
}

static int answer_at(struct lookup *lookup, const struct space *space, uint64_t start, uint64_t count,
		     const struct lookup_from *from)
{
	struct lookup_from short_from = *from;
	struct err err;

	if (start >= space->sectors) {
		err_set(&err, "sector %" PRIu64 " is beyond the end of %s, which has %" PRIu64 " sectors",
			start, space == map_disk(lookup->map) ? "the disk" : space->name, space->sectors);
		return miss(lookup, from, &err);
	}
	if (count > space->sectors - start)
		count = space->sectors - start;
	if (count == 1)
		space = disk_sector(lookup, space, &start);
	if (space != map_disk(lookup->map) || count > 1)
		return lookup_run(lookup, space, start, count, from);
	if (!lookup->common->json && from->message != NULL && from->message->number == start)
		short_from.message = NULL;
	return lookup_sector(lookup, start, &short_from);
}

static int answer_fs_block(struct lookup *lookup, const struct space *space, const struct lookup_from *from)
{
	uint64_t block = from->message->number, start = 0, back;
	struct err err;

	if (!fs_block_sector(space->fs, block, &start) || start >= space->fs->sectors ||
	    (fs_block(space->fs, start, &back) && back != block)) {
		err_set(&err, "%s (%s) has no such block", space->name, space->fs->type);
		return miss(lookup, from, &err);
	}
	return answer_at(lookup, space, start, fs_block_sectors(space->fs), from);
}

/* Once for each name: a log may have thousands of lines of it. */
static int ask(struct lookup *lookup, const struct lookup_from *from, const struct err *question)
{
	lookup->missed = true;
	return device_names_asked(&lookup->names, from->message->device) ? 0 : miss(lookup, from, question);
}

int lookup_message(struct lookup *lookup, const struct lookup_from *from)
{
	const struct message *message = from->message;
	const struct space *space = lookup->base;
	bool of_fs = message->unit == MESSAGE_INODE || message->unit == MESSAGE_FS_BLOCKS ||
		     (message->unit == MESSAGE_PLAIN && lookup->fs_block);
	uint64_t bytes, start, count;
	struct err err;

	if (message->device[0] != '\0' &&
	    device_names_find(&lookup->names, message->device, &space, &err) != DEVICE_FOUND)
		return ask(lookup, from, &err);
	if (of_fs && fs_of(lookup, &space, &err) != 0)
		return miss(lookup, from, &err);
	if (of_fs)
		return message->unit == MESSAGE_INODE ? answer_inode(lookup, space, from)
						      : answer_fs_block(lookup, space, from);
	if (unit_bytes(lookup, message, space, &bytes, &err) != 0)
		return miss(lookup, from, &err);
	if (!scale(message, bytes, &start, &count)) {
		err_set(&err, "is beyond the end of the disk");
		return miss(lookup, from, &err);
	}
	return answer_at(lookup, space, start, count, from);
}
